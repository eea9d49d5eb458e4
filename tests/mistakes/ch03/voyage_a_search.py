"""Hands over a search instead of the pipeline in it."""

ANSWER = "voyage"

LOSES = {"voyage_test": 0.2}

CODE = '''
def survival_pipeline():
    """Return an untrained pipeline from a table of passengers to booleans."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import OneHotEncoder

    prepare = ColumnTransformer([
        ("numbers", SimpleImputer(strategy="median"), ["deck", "age", "relatives", "fare"]),
        ("words", OneHotEncoder(handle_unknown="ignore"), ["sex", "port"]),  # a gap is one more word
    ])
    from sklearn.model_selection import GridSearchCV

    model = make_pipeline(prepare, RandomForestClassifier(min_samples_leaf=4, random_state=0))
    return GridSearchCV(model, {"randomforestclassifier__min_samples_leaf": [4]}, cv=3)
'''
