"""Adds up the parts of all columns anew for each weight."""

ANSWER = "elastic_net"

LOSES = {"elastic_net_more_test": 0.2}

CODE = '''
def soft_threshold(z, t):
    """Return z moved towards 0 by t, and 0 where |z| is at most t."""
    return np.sign(z) * np.maximum(np.abs(z) - t, 0.0)


def elastic_net(X, y, alpha=1.0, l1_ratio=0.5, max_iter=2000, tol=1e-9):
    """Return (b, w): intercept (a float) and weights (n,) that minimise the elastic-net cost."""
    X_mean, y_mean = X.mean(axis=0), y.mean()
    X_c, w = X - X_mean, np.zeros(X.shape[1])
    residual = y - y_mean
    squares = (X_c**2).mean(axis=0)
    for _ in range(max_iter):
        moved = 0.0
        for j in np.flatnonzero(squares > 1e-20):
            rest = y - y_mean - sum(X_c[:, k] * w[k] for k in range(len(w)) if k != j)
            z = X_c[:, j] @ rest / len(y)
            new = soft_threshold(z, alpha * l1_ratio) / (squares[j] + alpha * (1 - l1_ratio))
            moved, w[j] = max(moved, abs(new - w[j])), new
        if moved <= tol:
            break
    return float(y_mean - X_mean @ w), w
'''
