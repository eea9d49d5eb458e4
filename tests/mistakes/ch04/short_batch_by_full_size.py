"""Divides the last, short batch by the full batch size."""

ANSWER = "descent"

LOSES = {"batches_test": 0.25}

CODE = '''
def gradient_descent(X, y, lr=0.1, decay=0.0, epochs=100, batch_size=None, seed=0):
    """Return theta (n + 1,), intercept first, after gradient descent on the MSE of X (m, n), y (m,)."""
    rng = np.random.default_rng(seed)
    X_b = np.c_[np.ones(len(X)), X]
    size = batch_size or len(X)
    theta = np.zeros(X_b.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):  # overflow is reported below, in words
        for epoch in range(epochs):
            rate = lr / (1 + decay * epoch)
            order = rng.permutation(len(X))
            for start in range(0, len(X), size):
                rows = order[start : start + size]
                X_batch = X_b[rows]
                theta -= rate * 2 / size * (X_batch.T @ (X_batch @ theta - y[rows]))
            if not np.isfinite(theta).all():
                raise ValueError(f"Gradient descent diverged in epoch {epoch}: try lr below {lr}.")
    return theta
'''
