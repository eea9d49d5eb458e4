"""Learns each batch before predicting it."""

ANSWER = "online"

LOSES = {"stream_test": 0.75}

CODE = '''
class OnlineLinear:
    """A linear model that learns row by row."""

    def __init__(self, rate=0.05):
        self.rate = rate

    def partial_fit(self, X, y):
        """Take one step per row of X (m, n), y (m,); return self."""
        if not hasattr(self, "coef_"):
            self.coef_, self.intercept_ = np.zeros(X.shape[1]), 0.0
        for x, target in zip(X, y):
            error = self.intercept_ + x @ self.coef_ - target
            self.coef_ = self.coef_ - self.rate * error * x
            self.intercept_ = float(self.intercept_ - self.rate * error)
        return self

    def predict(self, X):
        """Return predictions (m,) for the rows of X."""
        return self.intercept_ + X @ self.coef_


def stream_errors(model, batches):
    """Return the RMSE (len(batches) - 1,) on each batch but the first, before learning from it."""
    errors = []
    for number, (X, y) in enumerate(batches):
        model.partial_fit(X, y)
        if number > 0:
            errors.append(np.sqrt(np.mean((model.predict(X) - y) ** 2)))
    return np.array(errors)


def choose_rate(batches, rates):
    """Return the rate (one of rates) with the lowest mean error over the stream."""
    return min(rates, key=lambda rate: stream_errors(OnlineLinear(rate), batches).mean())
'''
