"""The network is asked for the points, not for the noise."""

ANSWER = "predictor"
LOSES = {"predictor_test": 1.0}
WEAK = "New points lie on the moons"
CODE = '''\
def train_predictor(X, alpha_bar):
    """Return predict(x, t) -> predicted noise (rows, 2), trained on points X (rows, 2)."""
    keras.utils.set_random_seed(8)
    rng, T = np.random.default_rng(8), len(alpha_bar) - 1
    net = keras.Sequential([layers.Input((8,)), layers.Dense(64, activation="relu"),
                            layers.Dense(64, activation="relu"), layers.Dense(2)])
    x0 = np.repeat(X, 20, axis=0)
    t, noise = rng.integers(1, T + 1, len(x0)), rng.normal(size=x0.shape)
    rows = np.column_stack([add_noise(x0, t, noise, alpha_bar), t, x0])

    def predict(x, t):
        return net(ops.concatenate([ops.cast(x, "float32"), time_features(t, T)], axis=1))

    def loss(batch):
        return ops.mean((predict(batch[:, :2], batch[:, 2]) - batch[:, 3:]) ** 2)

    train(loss, net.trainable_variables, rows, steps=1200, batch_size=256)
    return predict
'''
