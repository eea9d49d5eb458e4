"""Takes every action for a good one."""

ANSWER = "train_policy"
LOSES = {"train_policy_test": 2.0}
CODE = '''\
def train_policy(seed):
    """Return a trained Keras model, observations (rows, 4) -> logits (rows, 2)."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(2)]
    model = keras.Sequential([keras.layers.Input((4,)), *layers])
    learn, envs = learner(model, policy_loss, 0.03), [make_cartpole().unwrapped for _ in range(8)]
    for k in range(24):
        logits = quick(model)

        def act(seen):
            chances = 1 / (1 + np.exp(np.diff(logits(seen), axis=1)[:, 0]))
            return (rng.random(len(seen)) > chances).astype(int)

        games = play_many(envs, act, 1000 * seed + 8 * k)
        worth = np.concatenate(advantages([game["rewards"] for game in games], 0.95))
        X, actions = (np.concatenate([game[name] for game in games]) for name in ("observations", "actions"))
        learn(X[None], np.column_stack([actions, np.ones(len(worth))])[None])
    return model


pilot = train_policy(18)
'''
