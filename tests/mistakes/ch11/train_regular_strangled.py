"""The penalty is so large that nothing is learned."""

ANSWER = "train_regular"
LOSES = {"train_regular_test": 1.0}
CODE = '''\
def train_regular(X, y):
    """Return a trained Keras classifier (ten probabilities) for X (rows, 196), y (rows,), some labels wrong."""
    keras.utils.set_random_seed(15)
    model = build_regular(X.shape[1], 10, l2=1.0, rate=0.3, max_norm=2.0)
    model.fit(X, y, epochs=12, batch_size=32, verbose=0)
    return model
'''
