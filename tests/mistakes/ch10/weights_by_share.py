"""Each class weighs as much as its share, so the rare one counts even less."""

ANSWER = "weights"
LOSES = {"weights_test": 0.75}
CODE = '''\
def class_weights(y):
    """Return a dict from each class of y (rows,) to its balanced weight, a float."""
    classes, counts = np.unique(y, return_counts=True)
    return {int(c): float(n / len(y)) for c, n in zip(classes, counts, strict=True)}


def train_alarm(X, y):
    """Return a Keras model trained on X (rows, 2), y (rows,); it predicts P(class 1), shape (rows, 1)."""
    keras.utils.set_random_seed(8)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(16, activation="relu")])
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01))
    model.fit(X, y, epochs=6, batch_size=32, class_weight=class_weights(y), verbose=0)
    return model
'''
