"""Takes the last state for the only end."""

ANSWER = "chain"
LOSES = {"chain_test": 0.5}
CODE = '''\
def after(P, start, steps):
    """Return the distribution (states,) after steps, for transitions P (states, states) and start (states,)."""
    return start @ np.linalg.matrix_power(P, steps)


def steps_to_end(P):
    """Return the expected numbers of steps (states,) until an end is reached, for P (states, states)."""
    going = np.arange(len(P)) < len(P) - 1
    found = np.zeros(len(P))
    inner = P[np.ix_(going, going)]
    found[going] = np.linalg.solve(np.eye(len(inner)) - inner, np.ones(len(inner)))
    return found
'''
