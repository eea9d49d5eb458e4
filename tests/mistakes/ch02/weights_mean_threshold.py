"""Keeps the columns above the mean importance instead of the median."""

ANSWER = "weights"

LOSES = {"weights_test": 0.25}

CODE = '''
def column_weights(X, y):
    """Return a Series of a forest's importances by column name, largest first."""
    from sklearn.ensemble import RandomForestRegressor

    numeric = X.select_dtypes("number")
    weights = RandomForestRegressor(30, random_state=0).fit(numeric, y).feature_importances_
    return pd.Series(weights, index=numeric.columns).sort_values(ascending=False)


def strong_columns(X, y):
    """Return the names of the numeric columns at least as important as the median one."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.feature_selection import SelectFromModel

    forest = RandomForestRegressor(30, random_state=0)
    chosen = SelectFromModel(forest).fit(X.select_dtypes("number"), y)
    return list(chosen.get_feature_names_out())
'''
