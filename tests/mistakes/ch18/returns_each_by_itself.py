"""Normalises each episode by itself."""

ANSWER = "returns"
LOSES = {"returns_test": 0.25}
HINT = "of all, once"
CODE = '''\
def discounted(rewards, gamma):
    """Return the discounted sums (steps,) of what came from each step on, for rewards (steps,)."""
    found, total = np.zeros(len(rewards)), 0.0
    for t, reward in reversed(list(enumerate(rewards))):
        total = reward + gamma * total
        found[t] = total
    return found


def advantages(episodes, gamma):
    """Return a list of arrays like episodes, a list of arrays of rewards: discounted, mean 0 and deviation 1."""
    found = [discounted(rewards, gamma) for rewards in episodes]
    return [(sums - sums.mean()) / (sums.std() or 1.0) for sums in found]
'''
