"""It only ever sees digits in the middle."""

ANSWER = "cnn"
LOSES = {"cnn_test": 1.2}
HINT = "move images by up to three pixels"
WEAK = "And so are digits that lie up to three pixels off"
CODE = '''\
def train_cnn(X, y):
    """Return a trained classifier with ten probabilities for X (rows, 14, 14, 1), grey values 0..255, y (rows,)."""
    keras.utils.set_random_seed(14)
    layers = keras.layers
    parts = [layers.Rescaling(1 / 255)]
    for filters, kernel, stride in ((16, 5, 2), (32, 3, 1)):
        parts.append(layers.Conv2D(filters, kernel, stride, "same", activation="relu", kernel_initializer="he_normal"))
    parts += [layers.MaxPooling2D(), layers.Flatten()]
    parts.append(layers.Dense(48, activation="relu", kernel_initializer="he_normal"))
    model = keras.Sequential([layers.Input((14, 14, 1)), *parts, layers.Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.004))
    model.fit(X, y, epochs=7, batch_size=64, verbose=0)
    return model
'''
