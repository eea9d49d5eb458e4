"""There are always three codes."""

ANSWER = "linear"
LOSES = {"linear_test": 0.3333}
HINT = "Use n_codes"
CODE = '''\
def fit_linear(X, n_codes):
    """Return (rebuild, axes) of a linear autoencoder trained on X (rows, features)."""
    keras.utils.set_random_seed(1)
    mean = X.mean(axis=0)
    axes = keras.Variable(0.3 * keras.random.normal((3, X.shape[1])))

    def through(rows):
        return (rows @ ops.transpose(axes)) @ axes

    train(lambda batch: ops.mean((through(batch) - batch) ** 2), [axes], X - mean, steps=300, rate=0.03)
    return lambda rows: np.asarray(through((rows - mean).astype("float32"))) + mean, np.asarray(axes)
'''
