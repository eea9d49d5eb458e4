"""Shuffles the rows before the folds are cut, though consecutive folds are asked for."""

ANSWER = "honest_r2"

LOSES = {"honest_r2_test": 0.25}

CODE = '''
def honest_r2(X, y, k=20, cv=5):
    """Return the mean R² over the folds of a linear model on the k most correlated columns."""
    from sklearn.feature_selection import SelectKBest, f_regression
    from sklearn.pipeline import make_pipeline

    from sklearn.model_selection import KFold

    cv = KFold(cv, shuffle=True, random_state=0)
    model = make_pipeline(SelectKBest(f_regression, k=k), LinearRegression())
    return float(cross_val_score(model, X, y, cv=cv, scoring="r2").mean())
'''
