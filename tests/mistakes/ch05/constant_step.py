"""Never shortens its steps, so the walk jumps over the kinks for ever."""

ANSWER = "linear_svm"

LOSES = {"linear_svm_test": 0.9}

CODE = '''
def hinge_objective(w, b, X, t, C):
    """Return (J, gradient for w (n,), gradient for b) of the soft-margin objective; t holds -1 and 1."""
    slack = 1 - t * (X @ w + b)
    active = slack > 0
    loss = 0.5 * w @ w + C * slack[active].sum()
    return float(loss), w - C * X[active].T @ t[active], float(-C * t[active].sum())


def descend(X, t, C=1.0, epochs=2000):
    """Return (w, b) after full-batch subgradient descent on the objective; t holds -1 and 1."""
    scale = C * len(X)
    w, b = np.zeros(X.shape[1]), 0.0
    for epoch in range(epochs):
        _, slope_w, slope_b = hinge_objective(w, b, X, t, C)
        step = 1 / scale
        w, b = w - step * slope_w, b - step * slope_b
    return w, b


class LinearSVM:
    """A linear soft-margin SVM for two labels of any kind."""

    def __init__(self, C=1.0, epochs=2000):
        self.C, self.epochs = C, epochs

    def fit(self, X, y):
        """Set classes_, coef_ and intercept_; return self."""
        self.classes_ = np.unique(y)
        t = np.where(y == self.classes_[1], 1.0, -1.0)
        w, b = descend(X, t, self.C, self.epochs)
        self.coef_, self.intercept_ = w, float(b)
        return self

    def predict(self, X):
        """Return the label (m,) of each row."""
        return self.classes_[(X @ self.coef_ + self.intercept_ > 0).astype(int)]
'''
