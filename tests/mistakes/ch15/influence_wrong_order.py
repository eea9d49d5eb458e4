"""Factors are multiplied in the wrong order."""

ANSWER = "influence"
LOSES = {"influence_test": 0.6667}
HINT = "do not commute"
CODE = '''\
def influence(H, Wh):
    """Return (steps,): how strongly the last state depends on each state of H (n, steps, units)."""
    n, steps, units = H.shape
    effect = np.tile(np.eye(units), (n, 1, 1))  # rows: earlier state, columns: last state
    sizes = [1.0]
    for t in range(steps - 1, 0, -1):
        effect = effect @ (Wh * (1 - H[:, t] ** 2)[:, None, :])
        sizes.append(np.sqrt((effect**2).sum(axis=(1, 2)) / units).mean())
    return np.array(sizes[::-1])
'''
