"""Nesterov adds its step to the point ahead."""

ANSWER = "momentum"
LOSES = {"momentum_test": 0.2}
CODE = '''\
def clip(grads, limit, how):
    """Return a list of new arrays: the arrays of the list grads, clipped; how is value, norm or global."""
    if how == "value":
        return [np.clip(g, -limit, limit) for g in grads]
    norms = [np.sqrt(np.sum(g**2)) for g in grads]
    if how == "global":
        norms = [np.sqrt(np.sum(np.square(norms)))] * len(grads)
    return [g * (limit / max(norm, limit)) for g, norm in zip(grads, norms, strict=True)]


def momentum_path(gradient, w, rate, steps, beta=0.9, nesterov=False):
    """Return an array (steps + 1, n): the start w (n,) and the point after each step."""
    path, m = [w], np.zeros_like(w)
    for _ in range(steps):
        ahead = w + beta * m if nesterov else w
        m = beta * m - rate * gradient(ahead)
        w = ahead + m
        path.append(w)
    return np.array(path)
'''
