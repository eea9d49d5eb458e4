"""The targets are scaled for training, and nobody scales the predictions back."""

ANSWER = "train_rebuilding"
LOSES = {"train_rebuilding_test": 0.5}
CODE = '''\
def train_rebuilding(X, y):
    """Return a trained RebuildingNet for X (rows, features) and y (rows, 1)."""
    keras.utils.set_random_seed(5)
    model = RebuildingNet(X.shape[1])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.005))
    model.fit(X, y / 10, epochs=30, batch_size=32, verbose=0)
    return model
'''
