"""Does not divide the weights by the largest."""

ANSWER = "priorities"
LOSES = {"priorities_test": 0.25}
CODE = '''\
def priorities(errors, alpha):
    """Return the probabilities (rows,) of all steps for their last errors (rows,)."""
    sizes = (np.abs(errors) + 0.01) ** alpha
    return sizes / sizes.sum()


def prioritised(errors, n, rng, alpha=0.6, beta=0.4):
    """Return i (n,), row numbers drawn by priority, and w (n,), their importance weights, at most 1."""
    p = priorities(errors, alpha)
    i = rng.choice(len(p), n, p=p)
    w = (len(p) * p[i]) ** -beta
    return i, w


def max_bias(q, noise, n, rng):
    """Return (bias of the maximum, bias of the double estimate), floats, for true values q (actions,)."""
    first, second = q + noise * rng.normal(size=(2, n, len(q)))
    double = second[np.arange(n), first.argmax(axis=1)]
    return first.max(axis=1).mean() - q.max(), double.mean() - q.max()
'''
