"""The step is taken by the model itself."""

ANSWER = "gradients"
LOSES = {"gradients_test": 0.3333}
CODE = '''\
def gradient_sizes(model, X, y):
    """Return an array: the root mean square of the loss's gradient for each Dense kernel, first layer first."""
    rate = 1e6
    before, copy = model.get_weights(), model
    copy.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.SGD(rate))
    copy.train_on_batch(X, y)
    pairs = zip(before, copy.get_weights(), strict=True)
    return np.array([np.sqrt(np.mean(((old - new) / rate) ** 2)) for old, new in pairs if old.ndim == 2])
'''
