"""Tunes a forest of a single tree."""

ANSWER = "tune"

LOSES = {"tune_test": 0.75}

CODE = '''
def numbers():
    """Return an unfitted ColumnTransformer that keeps the numeric columns as they are and drops the rest."""
    from sklearn.compose import ColumnTransformer, make_column_selector

    return ColumnTransformer([("numbers", "passthrough", make_column_selector(dtype_include="number"))])


def tune_forest(X, y):
    """Return a fitted GridSearchCV over the settings of a forest (two sub-grids, 3 folds, RMSE)."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline

    model = Pipeline([("numbers", numbers()), ("forest", RandomForestRegressor(1, random_state=0))])
    grids = [
        {"forest__max_features": [2, 4, 6], "forest__min_samples_leaf": [1, 5]},
        {"forest__bootstrap": [False], "forest__max_features": [2, 4]},
    ]
    return GridSearchCV(model, grids, cv=3, scoring="neg_root_mean_squared_error").fit(X, y)


def tune_boosting(X, y, n_iter=5, seed=0):
    """Return a fitted RandomizedSearchCV over gradient boosting on log prices (3 folds, RMSE)."""
    from scipy.stats import loguniform, randint
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.model_selection import RandomizedSearchCV
    from sklearn.pipeline import Pipeline

    boosting = HistGradientBoostingRegressor(random_state=0)
    logs = TransformedTargetRegressor(boosting, func=np.log, inverse_func=np.exp)
    start = "boosting__regressor__"
    drawn = {start + "learning_rate": loguniform(0.03, 0.3), start + "max_leaf_nodes": randint(8, 41)}
    scoring = "neg_root_mean_squared_error"
    model = Pipeline([("numbers", numbers()), ("boosting", logs)])
    return RandomizedSearchCV(model, drawn, n_iter=n_iter, cv=3, scoring=scoring, random_state=seed).fit(X, y)
'''
