"""Stops at a port that was not in the training table."""

ANSWER = "voyage"

LOSES = {"voyage_test": 0.2}

CODE = '''
def survival_pipeline():
    """Return an untrained pipeline from a table of passengers to booleans."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import OneHotEncoder

    words = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    prepare = ColumnTransformer([
        ("numbers", SimpleImputer(strategy="median"), ["deck", "age", "relatives", "fare"]),
        ("words", words, ["sex", "port"]),
    ])
    return make_pipeline(prepare, RandomForestClassifier(100, min_samples_leaf=4, random_state=0))
'''
