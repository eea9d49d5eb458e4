"""The weights of the state are transposed."""

ANSWER = "forward"
LOSES = {"forward_test": 1.0}
CODE = '''\
def rnn_forward(X, Wx, Wh, b, mask=None):
    """Return H (n, steps, units) for X (n, steps, features), Wx (features, units), Wh (units, units), b (units,)."""
    h = np.zeros((len(X), len(b)))
    states = []
    for t in range(X.shape[1]):
        new = np.tanh(X[:, t] @ Wx + h @ Wh.T + b)
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        states.append(h)
    return np.stack(states, axis=1)
'''
