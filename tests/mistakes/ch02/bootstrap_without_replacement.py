"""Shuffles the rows instead of drawing them with replacement."""

ANSWER = "bootstrap_interval"

LOSES = {"bootstrap_test": 1.0}

CODE = '''
def bootstrap_interval(y_true, y_pred, confidence=0.95, draws=1000, seed=0):
    """Return (low, high): the bootstrap interval of the RMSE from the quantiles of resampled RMSEs."""
    squared = (np.asarray(y_pred) - np.asarray(y_true)) ** 2
    rng = np.random.default_rng(seed)
    rmses = [np.sqrt(squared[rng.permutation(len(squared))].mean()) for _ in range(draws)]
    low, high = np.quantile(rmses, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
'''
