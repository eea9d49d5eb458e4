"""The model is not trained."""

ANSWER = "forecaster"
LOSES = {"forecaster_test": 0.75}
WEAK = "It is far better than the naive forecast"
CODE = '''\
def train_forecaster(waves):
    """Return a trained causal Keras model from (rows, steps, 1) to (rows, steps, 8); waves has shape (n, 32, 1)."""
    keras.utils.set_random_seed(15)
    targets = np.stack([waves[:, 1 + k : 25 + k, 0] for k in range(8)], axis=2)
    forecaster = keras.Sequential([keras.layers.Input((None, 1))])
    for dilation in (1, 2, 4, 8):
        forecaster.add(keras.layers.Conv1D(32, 2, padding="causal", dilation_rate=dilation, activation="relu"))
    forecaster.add(keras.layers.Conv1D(8, 1))
    rate = keras.optimizers.schedules.CosineDecay(0.01, 8 * len(waves) // 32)
    forecaster.compile(loss="mse", optimizer=keras.optimizers.Adam(rate), jit_compile=False)
    forecaster.fit(waves[:, :24], targets, epochs=0, batch_size=32, verbose=0)
    return forecaster
'''
