"""Returns a column if y is one."""

ANSWER = "least_squares"

LOSES = {"least_squares_test": 0.5}

CODE = '''
def lin_fit(X, y):
    """Return the least-squares theta (n + 1,), intercept first, of X (m, n) and y (m,) or (m, 1)."""
    X_b = np.c_[np.ones(len(X)), X]
    theta, *_ = np.linalg.lstsq(X_b, y, rcond=None)
    return theta


def lin_predict(X, theta):
    """Return the predictions (m,) of theta (n + 1,) for the rows of X (m, n)."""
    return theta[0] + X @ theta[1:]
'''
