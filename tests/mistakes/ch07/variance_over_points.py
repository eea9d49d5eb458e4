"""Measures how predictions vary from point to point, not from sample to sample."""

ANSWER = "bias_variance"

LOSES = {"bias_variance_test": 0.5}

CODE = '''
def bias_variance(model, samples, X_new, truth):
    """Return (bias squared, variance), two floats, of a regressor over training sets [(X, y), ...]."""
    guesses = np.array([clone(model).fit(X, y).predict(X_new) for X, y in samples])
    return float(np.mean((guesses.mean(axis=0) - truth) ** 2)), float(guesses.var(axis=1).mean())


def bagging_report():
    """Return {"tree": (bias squared, variance), "bag": (bias squared, variance)} for the waves."""
    from sklearn.ensemble import BaggingRegressor

    tree = DecisionTreeRegressor(random_state=0)
    bag = BaggingRegressor(tree, n_estimators=20, random_state=0)
    pairs = {"tree": tree, "bag": bag}
    return {name: bias_variance(model, waves, X_wave, true_wave) for name, model in pairs.items()}
'''
