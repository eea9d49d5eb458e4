"""Fits the model that was handed in."""

ANSWER = "learning_curves"

LOSES = {"learning_curves_test": 0.2}

CODE = '''
def polynomial_model(degree):
    """Return an untrained pipeline: powers up to degree, scaling, linear regression."""
    from sklearn.linear_model import LinearRegression

    return make_pipeline(PolynomialFeatures(degree, include_bias=False), StandardScaler(), LinearRegression())


def learning_curves(model, X, y, sizes, seed=0):
    """Return (train, valid): arrays with the RMSE on training and validation rows for each size."""
    order = np.random.default_rng(seed).permutation(len(X))
    held_out = len(X) // 4
    rest, valid = order[:-held_out], order[-held_out:]

    def rmse(fitted, rows):
        return np.sqrt(np.mean((fitted.predict(X[rows]) - y[rows]) ** 2))

    errors = []
    for size in sizes:
        fitted = model.fit(X[rest[:size]], y[rest[:size]])
        errors.append((rmse(fitted, rest[:size]), rmse(fitted, valid)))
    train, validation = np.array(errors).T
    return train, validation


def diagnose(train, valid, goal, tolerance=0.2):
    """Return "high bias", "high variance" or "good" for two curves of RMSEs and the RMSE one needs."""
    limit = (1 + tolerance) * goal
    if train[-1] > limit:
        return "high bias"
    return "high variance" if valid[-1] > limit else "good"
'''
