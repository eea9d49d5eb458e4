"""Writes into Q."""

ANSWER = "pieces"
LOSES = {"pieces_test": 0.2}
CODE = '''\
def td_value(Q, s, a, reward, s_next, terminated, rate, gamma):
    """Return the new value of Q[s, a], a float, after one step."""
    goal = reward if terminated else reward + gamma * Q[s_next].max()
    Q[s, a] = (1 - rate) * Q[s, a] + rate * goal
    return Q[s, a]


def choose(values, epsilon, rng):
    """Return an action, a whole number, for the values (actions,) of all actions and a NumPy generator."""
    if rng.random() < epsilon:
        return int(rng.integers(len(values)))
    best = np.flatnonzero(values == values.max())
    return int(best[rng.integers(len(best))])


def epsilon_at(k, n, start=1.0, end=0.05, share=0.7):
    """Return the share of random actions in episode k of n."""
    return start + (end - start) * min(k / (share * n), 1.0)
'''
