"""Keeps the most positive correlations instead of the largest in size."""

ANSWER = "honest_r2"

LOSES = {"honest_r2_test": 0.25}

CODE = '''
def honest_r2(X, y, k=20, cv=5):
    """Return the mean R² over the folds of a linear model on the k most correlated columns."""
    from sklearn.feature_selection import SelectKBest, f_regression
    from sklearn.pipeline import make_pipeline

    def signed(X, y):
        return (X - X.mean(axis=0)).T @ (y - y.mean()) / X.std(axis=0)

    model = make_pipeline(SelectKBest(signed, k=k), LinearRegression())
    return float(cross_val_score(model, X, y, cv=cv, scoring="r2").mean())
'''
