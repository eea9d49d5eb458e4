"""Scales the new rows with their own mean and deviation."""

ANSWER = "neighbours"

LOSES = {"knn_scaled_test": 0.6667}

CODE = '''
def knn_predict(X_train, y_train, X_new, k):
    """Return the mean target (q,) of the k training rows nearest to each row of X_new (q, n)."""
    centre = np.mean(X_train, axis=0)
    A, B = X_new - centre, X_train - centre
    squared = (A**2).sum(axis=1)[:, None] - 2 * A @ B.T + (B**2).sum(axis=1)
    nearest = np.argpartition(squared, k - 1, axis=1)[:, :k]
    return np.asarray(y_train)[nearest].mean(axis=1)


def knn_scaled(X_train, y_train, X_new, k):
    """Return what knn_predict says about columns scaled with the training rows' mean and deviation."""
    mean, deviation = np.mean(X_train, axis=0), np.std(X_train, axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    return knn_predict((X_train - mean) / deviation, y_train, (X_new - X_new.mean(axis=0)) / np.where(X_new.std(axis=0) > 0, X_new.std(axis=0), 1), k)
'''
