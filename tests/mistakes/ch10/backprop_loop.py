"""The gradients are right, but a Python loop visits the rows one by one."""

ANSWER = "backprop"
LOSES = {"backprop_test": 0.3333}
CODE = '''\
def loss_and_grads(params, X, y):
    """Return (loss, grads): the mean cross-entropy, and a dict of gradients with the names of params."""
    loss, grads = 0.0, {name: np.zeros_like(value) for name, value in params.items()}
    for x, target in zip(X, y, strict=True):
        z = x @ params["W1"] + params["b1"]
        h = np.maximum(z, 0.0)
        s = h @ params["W2"] + params["b2"]
        s = s - s.max()
        log_p = s - np.log(np.exp(s).sum())
        loss -= log_p[target] / len(X)
        ds = np.exp(log_p) / len(X)
        ds[target] -= 1.0 / len(X)
        dz = (params["W2"] @ ds) * (z > 0)
        for name, part in (("W1", np.outer(x, dz)), ("b1", dz), ("W2", np.outer(h, ds)), ("b2", ds)):
            grads[name] += part
    return loss, grads
'''
