"""Leaves out both speeds."""

ANSWER = "rules"
LOSES = {"rules_test": 0.6667}
CODE = '''\
def lean_rule(observations):
    """Return actions (rows,), 0 or 1, for observations (rows, 4): push to the side of the angle."""
    return (observations[:, 2] >= 0).astype(int)


def balance(observations):
    """Return actions (rows,), 0 or 1, for observations (rows, 4), so that the pole stays up."""
    wanted = observations @ np.array([0.1, 0.0, 1.0, 0.0])
    return (wanted >= 0).astype(int)
'''
