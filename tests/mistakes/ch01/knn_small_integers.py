"""Subtracts columns of small integers, which overflow."""

ANSWER = "neighbours"

LOSES = {"knn_test": 0.2}

CODE = '''
def knn_predict(X_train, y_train, X_new, k):
    """Return the mean target (q,) of the k training rows nearest to each row of X_new (q, n)."""
    squared = np.zeros((len(X_new), len(X_train)))
    for column in range(X_train.shape[1]):
        squared += (X_new[:, column, None] - X_train[:, column]) ** 2
    nearest = np.argpartition(squared, k - 1, axis=1)[:, :k]
    return np.asarray(y_train)[nearest].mean(axis=1)


def knn_scaled(X_train, y_train, X_new, k):
    """Return what knn_predict says about columns scaled with the training rows' mean and deviation."""
    mean, deviation = np.mean(X_train, axis=0), np.std(X_train, axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    return knn_predict((X_train - mean) / deviation, y_train, (X_new - mean) / deviation, k)
'''
