"""Forbids actions only at the end, so that states are worth what nobody may do."""

ANSWER = "plan"
LOSES = {"plan_test": 0.2}
CODE = '''\
def policy_value(P, R, policy, gamma):
    """Return V (states,) for P and R (states, actions, states) and policy (states, actions) of probabilities."""
    rewards = (policy * (P * R).sum(axis=2)).sum(axis=1)
    steps = np.einsum("sa,sat->st", policy, P)
    return np.linalg.solve(np.eye(len(P)) - gamma * steps, rewards)


def q_iteration(P, R, gamma, sweeps, allowed=None):
    """Return Q (states, actions) after so many sweeps from zero, -inf where an action is not allowed."""
    forbidden = 0.0 if allowed is None else np.where(allowed, 0.0, -np.inf)
    rewards = (P * R).sum(axis=2)
    Q = np.zeros(rewards.shape)
    for _ in range(sweeps):
        Q = rewards + gamma * (P @ Q.max(axis=1))
    return Q + forbidden
'''
