"""Steps count from 2."""

ANSWER = "adaptive"
LOSES = {"adaptive_test": 0.8}
CODE = '''\
def adaptive_path(gradient, w, rate, steps, rule, decay=0.0):
    """Return an array (steps + 1, n): the start w (n,) and the point after each step of the rule."""
    path, m, s = [w], np.zeros_like(w), np.zeros_like(w)
    for t in range(2, steps + 2):
        g = gradient(w)
        m = 0.9 * m + 0.1 * g
        ahead = m / (1 - 0.9**t)
        if rule == "adagrad":
            s, ahead = s + g**2, g
        elif rule == "rmsprop":
            s, ahead = 0.9 * s + 0.1 * g**2, g
        elif rule == "adamax":
            s = np.maximum(0.999 * np.sqrt(s), np.abs(g)) ** 2
        else:
            s = 0.999 * s + 0.001 * g**2
        if rule == "nadam":
            ahead = 0.9 * ahead + 0.1 * g / (1 - 0.9**t)
        size = s / (1 - 0.999**t) if rule in ("adam", "nadam") else s
        w = w - rate * (ahead / (np.sqrt(size) + 1e-7) + decay * w)
        path.append(w)
    return np.array(path)
'''
