"""The mask is ignored."""

ANSWER = "forward"
LOSES = {"forward_test": 0.25}
CODE = '''\
def rnn_forward(X, Wx, Wh, b, mask=None):
    """Return H (n, steps, units) for X (n, steps, features), Wx (features, units), Wh (units, units), b (units,)."""
    h = np.zeros((len(X), len(b)))
    states = []
    for t in range(X.shape[1]):
        new = np.tanh(X[:, t] @ Wx + h @ Wh + b)
        h = new
        states.append(h)
    return np.stack(states, axis=1)
'''
