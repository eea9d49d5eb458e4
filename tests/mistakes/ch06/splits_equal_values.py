"""Splits between equal values too."""

ANSWER = "split"

LOSES = {"split_test": 1.0, "split_limits_test": 0.3333}

CODE = '''
def impurity(y, criterion="gini"):
    """Return the impurity (a float) of the targets y (m,): "gini", "entropy" (in bits) or "mse"."""
    if criterion == "mse":
        return float(np.var(y))
    p = np.unique(y, return_counts=True)[1] / len(y)
    return float(1 - np.sum(p**2) if criterion == "gini" else -np.sum(p * np.log2(p)))


def best_split(x, y, criterion="gini", min_samples_leaf=1):
    """Return (threshold, weighted impurity of the children) of the best question, or None."""
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    n_left = np.arange(1, len(x))
    n_right = len(x) - n_left
    allowed = (np.minimum(n_left, n_right) >= min_samples_leaf)
    if not allowed.any():
        return None
    if criterion == "mse":
        sums = np.cumsum(np.c_[y - y.mean(), (y - y.mean()) ** 2], axis=0)
        left, right = sums[:-1], sums[-1] - sums[:-1]
        J = (left[:, 1] - left[:, 0] ** 2 / n_left + right[:, 1] - right[:, 0] ** 2 / n_right) / len(x)
    else:
        sums = np.cumsum(y[:, None] == np.unique(y), axis=0)
        J = 0.0
        for counts, n in ((sums[:-1], n_left), (sums[-1] - sums[:-1], n_right)):
            p = counts / n[:, None]
            bits = p * np.log2(np.where(p > 0, p, 1))
            J = J + n / len(x) * (1 - (p**2).sum(axis=1) if criterion == "gini" else -bits.sum(axis=1))
    best = int(np.argmin(np.where(allowed, J, np.inf)))
    return float((x[best] + x[best + 1]) / 2), float(J[best])
'''
