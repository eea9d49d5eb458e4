"""The output is the memory without tanh."""

ANSWER = "lstm"
LOSES = {"lstm_test": 0.3333}
CODE = '''\
def lstm_step(x, h, c, W, U, b):
    """Return the new (h, c), each (n, units); x (n, features), W (features, 4 units), U (units, 4 units), b (4 units,)."""
    i, f, g, o = np.split(x @ W + h @ U + b, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * c, c
'''
