"""The gate z lets in what is new instead of keeping what was."""

ANSWER = "gru"
LOSES = {"gru_test": 1.0}
CODE = '''\
def gru_step(x, h, W, U, b):
    """Return the new h (n, units); x (n, features), W (features, 3 units), U (units, 3 units), b (2, 3 units)."""
    xz, xr, xh = np.split(x @ W + b[0], 3, axis=1)
    hz, hr, hh = np.split(h @ U + b[1], 3, axis=1)
    z = sigmoid(xz + hz)
    return (1 - z) * h + z * np.tanh(xh + sigmoid(xr + hr) * hh)
'''
