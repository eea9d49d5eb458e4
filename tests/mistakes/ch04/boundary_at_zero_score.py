"""Returns the point where the score is zero, whatever the threshold."""

ANSWER = "logistic"

LOSES = {"logistic_more_test": 0.25}

CODE = '''
def sigmoid(t):
    """Return 1 / (1 + exp(-t)) for a number or an array, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(t)))


def logit(p):
    """Return the log of the odds of a probability between 0 and 1."""
    return np.log(p / (1 - p))


def fit_logistic(X, y):
    """Return the theta (n + 1,) with the smallest log loss on X (m, n) and y (m,) of 0 and 1."""
    mean, scale = X.mean(axis=0), X.std(axis=0)
    X_b = np.c_[np.ones(len(X)), (X - mean) / scale]
    theta = np.zeros(X_b.shape[1])
    for _ in range(25):
        p = sigmoid(X_b @ theta)
        curvature = (X_b.T * (p * (1 - p))) @ X_b
        theta -= np.linalg.solve(curvature, X_b.T @ (p - y))
    slopes = theta[1:] / scale
    return np.r_[theta[0] - slopes @ mean, slopes]


def predict_logistic(X, theta, threshold=0.5):
    """Return True (m,) where the probability of class 1 is at least the threshold."""
    return sigmoid(theta[0] + X @ theta[1:]) >= threshold


def boundary(theta, threshold=0.5):
    """Return the x at which theta (2,) gives a probability of threshold."""
    return float(-theta[0] / theta[1])
'''
