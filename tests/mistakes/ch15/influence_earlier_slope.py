"""The slopes are those of the earlier state."""

ANSWER = "influence"
LOSES = {"influence_test": 1.0}
HINT = "later state"
CODE = '''\
def influence(H, Wh):
    """Return (steps,): how strongly the last state depends on each state of H (n, steps, units)."""
    n, steps, units = H.shape
    effect = np.tile(np.eye(units), (n, 1, 1))  # rows: earlier state, columns: last state
    sizes = [1.0]
    for t in range(steps - 1, 0, -1):
        effect = Wh @ ((1 - H[:, t - 1] ** 2)[:, :, None] * effect)
        sizes.append(np.sqrt((effect**2).sum(axis=(1, 2)) / units).mean())
    return np.array(sizes[::-1])
'''
