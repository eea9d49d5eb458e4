"""Whole rewards give whole sums."""

ANSWER = "returns"
LOSES = {"returns_test": 0.25}
HINT = "cut off what is behind the point"
CODE = '''\
def discounted(rewards, gamma):
    """Return the discounted sums (steps,) of what came from each step on, for rewards (steps,)."""
    found, total = np.zeros_like(rewards), 0.0
    for t, reward in reversed(list(enumerate(rewards))):
        total = reward + gamma * total
        found[t] = total
    return found


def advantages(episodes, gamma):
    """Return a list of arrays like episodes, a list of arrays of rewards: discounted, mean 0 and deviation 1."""
    found = [discounted(rewards, gamma) for rewards in episodes]
    mean, deviation = np.concatenate(found).mean(), np.concatenate(found).std()
    return [(sums - mean) / (deviation or 1.0) for sums in found]
'''
