"""Takes a game that was cut off for one that is over."""

ANSWER = "play"
LOSES = {"play_test": 0.25}
HINT = "Three endings"
CODE = '''\
def play(env, policy, seed, max_steps=500):
    """Return a dict: observations (steps, ...), actions (steps,), rewards (steps,), arrays, and end, a str."""
    seen, _ = env.reset(seed=seed)
    observations, actions, rewards, end = [], [], [], "running"
    while end == "running" and len(rewards) < max_steps:
        action = policy(seen)
        observations.append(seen)
        actions.append(action)
        seen, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        end = "terminated" if terminated else "terminated" if truncated else "running"
    parts = {"observations": observations, "actions": actions, "rewards": rewards}
    return {**{name: np.array(values) for name, values in parts.items()}, "end": end}
'''
