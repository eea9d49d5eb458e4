"""Rows are taken one by one."""

ANSWER = "forward"
LOSES = {"forward_test": 0.25}
CODE = '''\
def rnn_forward(X, Wx, Wh, b, mask=None):
    """Return H (n, steps, units) for X (n, steps, features), Wx (features, units), Wh (units, units), b (units,)."""
    H = np.zeros((len(X), X.shape[1], len(b)))
    for row in range(len(X)):
        h = np.zeros(len(b))
        for t in range(X.shape[1]):
            if mask is None or mask[row, t]:
                h = np.tanh(X[row, t] @ Wx + h @ Wh + b)
            H[row, t] = h
    return H
'''
