"""The network gets the grey values 0 to 255 unscaled, with plain gradient descent."""

ANSWER = "mlp"
LOSES = {"mlp_test": 0.25, "train_test": 0.6}
CODE = '''\
def build_mlp(hidden=(100, 50), n_classes=10):
    """Return a compiled Sequential classifier for raw images (rows, 28, 28) with grey values 0..255."""
    model = keras.Sequential([keras.layers.Input((28, 28))])
    model.add(keras.layers.Flatten())
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(n_classes, activation="softmax"))
    adam = keras.optimizers.SGD(0.1)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=adam, metrics=["accuracy"])
    return model
'''
