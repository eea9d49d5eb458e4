"""The leak is closed, but twenty columns are kept whatever number is asked for."""

ANSWER = "honest_r2"
LOSES = {"honest_r2_test": 0.25}
CODE = '''
def honest_r2(X, y, k=20, cv=5):
    from sklearn.feature_selection import SelectKBest, f_regression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(SelectKBest(f_regression, k=20), LinearRegression())
    return float(cross_val_score(model, X, y, cv=cv, scoring="r2").mean())
'''
