"""Infinite gradients are taken for good ones."""

ANSWER = "half_training"
LOSES = {"half_test": 0.6}
HINT = "infinity is not NaN"
CODE = '''\
class LossScale:
    """Dynamic loss scaling for plain gradient descent; self.scale is what the loss is multiplied by."""

    def __init__(self, start=2.0**40, patience=200):
        self.scale, self.patience, self.good = start, patience, 0

    def step(self, weights, gradients, rate):
        """Return new float32 weights, for float16 gradients of scale * loss; lists of arrays. Adapts the scale."""
        if not all(not np.isnan(g).any() for g in gradients):
            self.scale, self.good = self.scale / 2, 0
            return weights
        steps = [np.float32(rate) * g.astype(np.float32) / np.float32(self.scale) for g in gradients]
        self.good += 1
        if self.good == self.patience:
            self.scale, self.good = self.scale * 2, 0
        return [w - step for w, step in zip(weights, steps, strict=True)]


def train_half(X, y, epochs=15, rate=5e5):
    """Return [W (64, 10), b (10,)], float32, for X (rows, 64) in 0..1 and digits y (rows,)."""
    weights, scaler = [np.zeros((64, 10), np.float32), np.zeros(10, np.float32)], LossScale()
    for _ in range(epochs):
        for i in range(0, len(X), 50):
            gradients = half_gradients(weights, X[i : i + 50], y[i : i + 50], scaler.scale)
            weights = scaler.step(weights, gradients, rate)
    return weights
'''
