"""A plain network learns the wrong labels by heart."""

ANSWER = "train_regular"
LOSES = {"train_regular_test": 1.0}
CODE = '''\
def train_regular(X, y):
    """Return a trained Keras classifier (ten probabilities) for X (rows, 196), y (rows,), some labels wrong."""
    keras.utils.set_random_seed(15)
    model = keras.Sequential([keras.layers.Input(X.shape[1:])])
    for _ in range(3):
        model.add(keras.layers.Dense(100, activation="relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.003))
    model.fit(X, y, epochs=60, batch_size=32, verbose=0)
    return model
'''
