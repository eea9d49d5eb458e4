"""Predicts one row at a time, building an array for each."""

ANSWER = "fit_predict"

LOSES = {"tree_test": 0.4}

CODE = '''
def fit_predict(X_train, y_train, X, max_depth=None, min_samples_leaf=1):
    """Return the labels of X (m,) from a tree grown on X_train and y_train."""
    grown = Tree(max_depth, min_samples_leaf).fit(X_train, y_train)
    return np.array([grown.predict(row[None])[0] for row in X])
'''
