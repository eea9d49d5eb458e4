"""The columns are chosen on all rows before the cross-validation, as in the broken experiment."""

ANSWER = "honest_r2"
LOSES = {"honest_r2_test": 0.75}
CODE = '''
def honest_r2(X, y, k=20, cv=5):
    from sklearn.feature_selection import SelectKBest, f_regression

    chosen = SelectKBest(f_regression, k=k).fit_transform(X, y)
    return float(cross_val_score(LinearRegression(), chosen, y, cv=cv, scoring="r2").mean())
'''
