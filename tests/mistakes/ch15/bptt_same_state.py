"""The weights of the state get the state of the same step."""

ANSWER = "bptt"
LOSES = {"bptt_test": 0.75}
CODE = '''\
def bptt(X, H, Wx, Wh, dH, piece=None):
    """Return (dWx, dWh, db), the gradients of a loss whose direct gradient for the states H is dH (n, steps, units).

    X (n, steps, features) are the inputs, H (n, steps, units) the states that rnn_forward gave for them, without a mask.
    """
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh))
    later = np.zeros_like(H[:, 0])
    for t in range(X.shape[1] - 1, -1, -1):
        delta = (dH[:, t] + later) * (1 - H[:, t] ** 2)
        dWx += X[:, t].T @ delta
        db += delta.sum(axis=0)
        if t > 0:
            dWh += H[:, t].T @ delta
        later = delta @ Wh.T
        if piece is not None and t % piece == 0:
            later = np.zeros_like(later)
    return dWx, dWh, db
'''
