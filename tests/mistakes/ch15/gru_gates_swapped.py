"""The reset gate is taken first."""

ANSWER = "gru"
LOSES = {"gru_test": 0.75}
HINT = "Blocks z, r"
CODE = '''\
def gru_step(x, h, W, U, b):
    """Return the new h (n, units); x (n, features), W (features, 3 units), U (units, 3 units), b (2, 3 units)."""
    xr, xz, xh = np.split(x @ W + b[0], 3, axis=1)
    hr, hz, hh = np.split(h @ U + b[1], 3, axis=1)
    z = sigmoid(xz + hz)
    return z * h + (1 - z) * np.tanh(xh + sigmoid(xr + hr) * hh)
'''
