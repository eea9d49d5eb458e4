"""The softmax is computed without subtracting the largest score, so large scores overflow."""

ANSWER = "backprop"
LOSES = {"backprop_test": 0.3333}
CODE = '''\
def loss_and_grads(params, X, y):
    """Return (loss, grads): the mean cross-entropy, and a dict of gradients with the names of params.

    X is (rows, n_in), y is (rows,) with class numbers. params is not changed.
    """
    rows = np.arange(len(X))
    Z = X @ params["W1"] + params["b1"]
    H = np.maximum(Z, 0.0)
    S = H @ params["W2"] + params["b2"]
    log_P = S - np.log(np.exp(S).sum(axis=1, keepdims=True))
    dS = np.exp(log_P)
    dS[rows, y] -= 1.0
    dS /= len(X)
    dZ = (dS @ params["W2"].T) * (Z > 0)
    grads = {"W1": X.T @ dZ, "b1": dZ.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}
    return -log_P[rows, y].mean(), grads
'''
