"""Forgets that the next state becomes the present one."""

ANSWER = "q_learn"
LOSES = {"q_learn_test": 2.0}
WEAK = "In caves it has never seen the learned policy is nearly as good as the best one"
CODE = '''\
def q_learn(env, episodes, gamma, seed):
    """Return Q (states, actions) learned in env, whose spaces are discrete, in so many episodes."""
    rng = np.random.default_rng(seed)
    Q = np.zeros((env.observation_space.n, env.action_space.n))
    env.reset(seed=seed)
    for k in range(episodes):
        epsilon, rate = epsilon_at(k, episodes, end=0.1), 0.5 * (1 - k / episodes) + 0.02
        s, _ = env.reset()
        for _ in range(100):
            a = choose(Q[s], epsilon, rng)
            s_next, reward, terminated, truncated, _ = env.step(a)
            Q[s, a] = td_value(Q, s, a, reward, s_next, terminated, rate, gamma)
            if terminated or truncated:
                break
    return Q
'''
