"""Sorts the column and forgets to sort its derivatives."""

ANSWER = "xgboost_split"

LOSES = {"xgboost_leaf_test": 0.1667, "xgboost_split_test": 0.5}

CODE = '''
def leaf_value(g, h, lam=1.0):
    """Return the best value (a float) of a leaf with derivatives g (m,) and h (m,)."""
    return float(-np.sum(g) / (np.sum(h) + lam))


def best_split(x, g, h, lam=1.0, gamma=0.0):
    """Return (threshold, gain) of the best split of a column x (m,), or (None, 0.0)."""
    order = np.argsort(x, kind="stable")
    x, G, H = x[order], np.sum(g), np.sum(h)
    left_g, left_h = np.cumsum(g)[:-1], np.cumsum(h)[:-1]
    right_g, right_h = G - left_g, H - left_h
    scores = left_g**2 / (left_h + lam) + right_g**2 / (right_h + lam) - G**2 / (H + lam)
    gains = np.where(x[1:] > x[:-1], scores / 2 - gamma, -np.inf)
    if len(gains) == 0 or gains.max() <= 0:
        return None, 0.0
    best = int(gains.argmax())
    return float((x[best] + x[best + 1]) / 2), float(gains[best])
'''
