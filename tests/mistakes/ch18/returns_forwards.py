"""Adds up what came before a step, not what comes after it."""

ANSWER = "returns"
LOSES = {"returns_test": 0.75, "train_policy_test": 2.0}
CODE = '''\
def discounted(rewards, gamma):
    """Return the discounted sums (steps,) of what came from each step on, for rewards (steps,)."""
    found, total = np.zeros(len(rewards)), 0.0
    for t, reward in enumerate(rewards):
        total = reward + gamma * total
        found[t] = total
    return found


def advantages(episodes, gamma):
    """Return a list of arrays like episodes, a list of arrays of rewards: discounted, mean 0 and deviation 1."""
    found = [discounted(rewards, gamma) for rewards in episodes]
    mean, deviation = np.concatenate(found).mean(), np.concatenate(found).std()
    return [(sums - mean) / (deviation or 1.0) for sums in found]
'''
