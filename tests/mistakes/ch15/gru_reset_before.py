"""The state is reset before it is multiplied, as in the first paper."""

ANSWER = "gru"
LOSES = {"gru_test": 0.75}
CODE = '''\
def gru_step(x, h, W, U, b):
    """Return the new h (n, units); x (n, features), W (features, 3 units), U (units, 3 units), b (2, 3 units)."""
    xz, xr, xh = np.split(x @ W + b[0], 3, axis=1)
    hz, hr, hh = np.split(h @ U + b[1], 3, axis=1)
    z = sigmoid(xz + hz)
    k = 2 * h.shape[1]
    return z * h + (1 - z) * np.tanh(xh + (sigmoid(xr + hr) * h) @ U[:, k:] + b[1, k:])
'''
