"""Ignores the confidence asked for."""

ANSWER = "bootstrap_interval"

LOSES = {"bootstrap_test": 0.3333}

CODE = '''
def bootstrap_interval(y_true, y_pred, confidence=0.95, draws=1000, seed=0):
    """Return (low, high): the bootstrap interval of the RMSE from the quantiles of resampled RMSEs."""
    squared = (np.asarray(y_pred) - np.asarray(y_true)) ** 2
    rng = np.random.default_rng(seed)
    rmses = [np.sqrt(squared[rng.integers(len(squared), size=len(squared))].mean()) for _ in range(draws)]
    low, high = np.quantile(rmses, [0.025, 0.975])
    return float(low), float(high)
'''
