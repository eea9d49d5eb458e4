"""The seed is never passed on, so each game begins elsewhere."""

ANSWER = "play"
LOSES = {"play_test": 0.5}
HINT = "pass seed to env.reset"
CODE = '''\
def play(env, policy, seed, max_steps=500):
    """Return a dict: observations (steps, ...), actions (steps,), rewards (steps,), arrays, and end, a str."""
    seen, _ = env.reset()
    observations, actions, rewards, end = [], [], [], "running"
    while end == "running" and len(rewards) < max_steps:
        action = policy(seen)
        observations.append(seen)
        actions.append(action)
        seen, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        end = "terminated" if terminated else "truncated" if truncated else "running"
    parts = {"observations": observations, "actions": actions, "rewards": rewards}
    return {**{name: np.array(values) for name, values in parts.items()}, "end": end}
'''
