"""Draws the rows one by one."""

ANSWER = "bootstrap_interval"

LOSES = {"bootstrap_test": 0.3333}

CODE = '''
def bootstrap_interval(y_true, y_pred, confidence=0.95, draws=1000, seed=0):
    """Return (low, high): the bootstrap interval of the RMSE from the quantiles of resampled RMSEs."""
    squared = (np.asarray(y_pred) - np.asarray(y_true)) ** 2
    import random

    rng = random.Random(seed)
    squared = squared.tolist()
    rmses = [np.sqrt(sum(squared[rng.randrange(len(squared))] for _ in squared) / len(squared)) for _ in range(draws)]
    low, high = np.quantile(rmses, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
'''
