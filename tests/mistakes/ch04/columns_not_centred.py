"""Runs coordinate descent without centring X and y, so the intercept is lost."""

ANSWER = "elastic_net"

LOSES = {"elastic_net_test": 0.2, "elastic_net_more_test": 0.4, "sparsity_test": 1.0}

CODE = '''
def soft_threshold(z, t):
    """Return z moved towards 0 by t, and 0 where |z| is at most t."""
    return np.sign(z) * np.maximum(np.abs(z) - t, 0.0)


def elastic_net(X, y, alpha=1.0, l1_ratio=0.5, max_iter=2000, tol=1e-9):
    """Return (b, w): intercept (a float) and weights (n,) that minimise the elastic-net cost."""
    X_mean, y_mean = np.zeros(X.shape[1]), 0.0
    X_c, w = X - X_mean, np.zeros(X.shape[1])
    residual = y - y_mean
    squares = (X_c**2).mean(axis=0)
    for _ in range(max_iter):
        moved = 0.0
        for j in np.flatnonzero(squares > 1e-20):
            z = X_c[:, j] @ residual / len(y) + squares[j] * w[j]
            new = soft_threshold(z, alpha * l1_ratio) / (squares[j] + alpha * (1 - l1_ratio))
            residual = residual - (new - w[j]) * X_c[:, j]
            moved, w[j] = max(moved, abs(new - w[j])), new
        if moved <= tol:
            break
    return float(y_mean - X_mean @ w), w
'''
