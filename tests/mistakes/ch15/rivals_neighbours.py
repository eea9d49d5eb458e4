"""Differences are always those of neighbours."""

ANSWER = "rivals"
LOSES = {"rivals_test": 0.25}
CODE = '''\
def seasonal_naive(X, ahead, period=1):
    """Return (n, ahead, features): the last period steps of each window X (n, length, features), again and again."""
    return X[:, -period:][:, np.arange(ahead) % period]


def fit_linear(X, Y):
    """Return a function predict(X) -> forecasts; X (n, length, features), Y and forecasts (n, ahead, features)."""
    def table(X):
        return np.column_stack([X.reshape(len(X), -1), np.ones(len(X))])

    weights = np.linalg.lstsq(table(X), Y.reshape(len(Y), -1))[0]
    return lambda X: (table(X) @ weights).reshape(len(X), *Y.shape[1:])


def difference(series, lag):
    """Return (steps - lag, features): each step of series (steps, features) minus the one lag steps before."""
    return np.diff(series, axis=0)[lag - 1 :]


def undo(differences, start):
    """Return the series (steps, features) that follows start (lag, features), given its differences at that lag."""
    values = list(start)
    for step in differences:
        values.append(values[-len(start)] + step)
    return np.array(values[len(start) :])
'''
