"""Plays, and never learns."""

ANSWER = "train_dqn"
LOSES = {"train_dqn_test": 2.0}
CODE = '''\
def train_dqn(seed, n_ropes=16, rounds=40):
    """Return a trained Keras model, observations (rows, 2) -> Q-values (rows, 3)."""
    keras.utils.set_random_seed(seed)
    rng, memory, best = np.random.default_rng(seed), ReplayBuffer(8000, 2), (-1.0, None)
    hidden = [keras.layers.Dense(32, activation="relu") for _ in range(2)]
    model = keras.Sequential([keras.layers.Input((2,)), *hidden, keras.layers.Dense(3)])
    learn, ropes = learner(model, q_loss, 0.003), [Rope() for _ in range(n_ropes)]
    seen = np.array([rope.reset(seed=1000 * seed + i)[0] for i, rope in enumerate(ropes)])
    for k in range(rounds):
        online = quick(model)
        target = online if k % 2 == 0 else target
        for _ in range(8):
            lucky, luck = rng.random(n_ropes) < max(0.05, 1 - k / 24), rng.integers(0, 3, n_ropes)
            for i, action in enumerate(np.where(lucky, luck, online(seen).argmax(axis=1))):
                after, reward, terminated, truncated, _ = ropes[i].step(int(action))
                memory.add(seen[i].copy(), action, reward, after, terminated)
                seen[i] = ropes[i].reset()[0] if terminated or truncated else after
        rows, actions, rewards, after, terminated = memory.sample(16 * 64, rng)
        aims = td_targets(rewards, terminated, online(after), target(after), 0.95)
        (rows.reshape(16, 64, 2), np.column_stack([actions, aims]).reshape(16, 64, 2))
        if k % 5 == 4:
            tried = play_many(ropes[:8], lambda X: quick(model)(X).argmax(axis=1), seed)
            seen[:8] = [rope.reset()[0] for rope in ropes[:8]]
            mean = np.mean([len(game["rewards"]) for game in tried])
            best = (mean, model.get_weights()) if mean >= best[0] else best
    model.set_weights(best[1])
    return model


walker = train_dqn(18)
'''
