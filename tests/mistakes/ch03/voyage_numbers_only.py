"""Leaves the columns with words out."""

ANSWER = "voyage"

LOSES = {"voyage_test": 0.4}

CODE = '''
def survival_pipeline():
    """Return an untrained pipeline from a table of passengers to booleans."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import OneHotEncoder

    words = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    prepare = ColumnTransformer([
        ("numbers", SimpleImputer(strategy="median"), ["deck", "age", "relatives", "fare"]),
    ])
    return make_pipeline(prepare, RandomForestClassifier(100, min_samples_leaf=4, random_state=0))
'''
