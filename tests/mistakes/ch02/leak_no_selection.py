"""The leak is closed by dropping the selection: every column is used."""

ANSWER = "honest_r2"
LOSES = {"honest_r2_test": 0.5}
CODE = '''
def honest_r2(X, y, k=20, cv=5):
    return float(cross_val_score(LinearRegression(), X, y, cv=cv, scoring="r2").mean())
'''
