"""Sorts all distances of each new row in Python: right, and far too slow."""

ANSWER = "neighbours"

LOSES = {"knn_test": 0.2}

CODE = '''
def knn_predict(X_train, y_train, X_new, k):
    """Return the mean target (q,) of the k training rows nearest to each row of X_new (q, n)."""
    train, answers = np.asarray(X_train, float).tolist(), []
    for new in np.asarray(X_new, float).tolist():
        pairs = sorted((sum((a - b) ** 2 for a, b in zip(new, row)), y) for row, y in zip(train, y_train))
        answers.append(sum(y for _, y in pairs[:k]) / k)
    return np.array(answers)


def knn_scaled(X_train, y_train, X_new, k):
    """Return what knn_predict says about columns scaled with the training rows' mean and deviation."""
    mean, deviation = np.mean(X_train, axis=0), np.std(X_train, axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    return knn_predict((X_train - mean) / deviation, y_train, (X_new - mean) / deviation, k)
'''
