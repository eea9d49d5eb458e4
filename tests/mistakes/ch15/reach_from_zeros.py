"""It begins from zeros."""

ANSWER = "reach"
LOSES = {"reach_test": 0.2}
HINT = "random rows"
CODE = '''\
def reach(predict, steps, features=1):
    """Return (back, ahead): over how many steps an input changes later outputs, and earlier ones."""
    X = np.zeros((20, steps, features))
    before, back, ahead = np.asarray(predict(X)), 0, 0
    for t in range(steps):
        moved = X.copy()
        moved[:, t] += 1.0
        changes = np.abs(np.asarray(predict(moved)) - before).max(axis=(0, 2))
        where = np.flatnonzero(changes > 1e-6)
        if len(where) > 0:
            back, ahead = max(back, int(where[-1]) - t), max(ahead, t - int(where[0]))
    return back, ahead
'''
