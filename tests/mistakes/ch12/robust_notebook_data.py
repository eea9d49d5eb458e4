"""The function trains on the rides of the notebook instead of its arguments."""

ANSWER = "robust"
LOSES = {"robust_test": 0.5}
CODE = '''\
def train_robust(X, y):
    """Return a Keras model trained on X (rows, 3) and y (rows, 1); it predicts minutes, shape (rows, 1)."""
    keras.utils.set_random_seed(12)
    model = keras.Sequential([keras.layers.Input(X.shape[1:]), keras.layers.Dense(1)])
    model.compile(loss=HuberLoss(1.0), optimizer=keras.optimizers.Adam(0.05), metrics=[HuberMetric(1.0)])
    model.fit(X_rides, y_rides, epochs=30, batch_size=64, verbose=0)
    return model
'''
