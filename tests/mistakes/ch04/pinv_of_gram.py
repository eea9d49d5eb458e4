"""Takes the pseudoinverse of the normal equation's matrix, which squares the scales."""

ANSWER = "least_squares"

LOSES = {"collinear_test": 0.25}

CODE = '''
def lin_fit(X, y):
    """Return the least-squares theta (n + 1,), intercept first, of X (m, n) and y (m,) or (m, 1)."""
    X_b = np.c_[np.ones(len(X)), X]
    theta = np.linalg.pinv(X_b.T @ X_b) @ X_b.T @ np.ravel(y)
    return theta


def lin_predict(X, theta):
    """Return the predictions (m,) of theta (n + 1,) for the rows of X (m, n)."""
    return theta[0] + X @ theta[1:]
'''
