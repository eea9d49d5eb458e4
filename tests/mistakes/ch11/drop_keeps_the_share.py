"""The rate is taken for the share that is kept."""

ANSWER = "drop"
LOSES = {"drop_test": 0.2}
CODE = '''\
def drop(A, rate, rng):
    """Return a new array: A with dropout at the given rate (less than 1), as while training."""
    return np.where(rng.random(A.shape) > rate, 0.0, A / max(rate, 1e-9))


def alpha_drop(A, rate, rng):
    """Return a new array: A with alpha dropout at the given rate."""
    low, kept = -SELU_LAMBDA * SELU_ALPHA, 1 - rate
    a = (kept + low**2 * kept * rate) ** -0.5
    return a * np.where(rng.random(A.shape) < rate, low, A) - a * rate * low
'''
