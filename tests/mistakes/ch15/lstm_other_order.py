"""The blocks are taken in the order i, f, o, g."""

ANSWER = "lstm"
LOSES = {"lstm_test": 0.6667}
HINT = "The order is i, f, g, o"
CODE = '''\
def lstm_step(x, h, c, W, U, b):
    """Return the new (h, c), each (n, units); x (n, features), W (features, 4 units), U (units, 4 units), b (4 units,)."""
    i, f, o, g = np.split(x @ W + h @ U + b, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
'''
