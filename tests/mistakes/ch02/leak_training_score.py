"""The selection is inside the model, but the score is the one on the training rows."""

ANSWER = "honest_r2"
LOSES = {"honest_r2_test": 1.0}
CODE = '''
def honest_r2(X, y, k=20, cv=5):
    from sklearn.feature_selection import SelectKBest, f_regression
    from sklearn.pipeline import make_pipeline

    return float(make_pipeline(SelectKBest(f_regression, k=k), LinearRegression()).fit(X, y).score(X, y))
'''
