"""Uses values of the same sweep."""

ANSWER = "plan"
LOSES = {"plan_test": 0.6, "plot_test": 0.5}
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
    Q = np.zeros(rewards.shape) + forbidden
    for _ in range(sweeps):
        for s in range(len(P)):
            Q[s] = rewards[s] + gamma * (P[s] @ Q.max(axis=1)) + np.broadcast_to(forbidden, Q.shape)[s]
    return Q
'''
