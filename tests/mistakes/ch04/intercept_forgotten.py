"""Fits through the origin and reports an intercept of 0."""

ANSWER = "least_squares"

LOSES = {"least_squares_test": 1.0, "collinear_test": 0.75}

CODE = '''
def lin_fit(X, y):
    """Return the least-squares theta (n + 1,), intercept first, of X (m, n) and y (m,) or (m, 1)."""
    theta, *_ = np.linalg.lstsq(X, np.ravel(y), rcond=None)
    return np.r_[0.0, theta]


def lin_predict(X, theta):
    """Return the predictions (m,) of theta (n + 1,) for the rows of X (m, n)."""
    return theta[0] + X @ theta[1:]
'''
