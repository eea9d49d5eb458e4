"""The output layer uses the sigmoid, as if several classes could be right at once."""

ANSWER = "mlp"
LOSES = {"mlp_test": 0.25}
CODE = '''\
def build_mlp(hidden=(100, 50), n_classes=10):
    """Return a compiled Sequential classifier for raw images (rows, 28, 28) with grey values 0..255."""
    model = keras.Sequential([keras.layers.Input((28, 28))])
    model.add(keras.layers.Rescaling(1 / 255))
    model.add(keras.layers.Flatten())
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(n_classes, activation="sigmoid"))
    adam = keras.optimizers.Adam(0.002)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=adam, metrics=["accuracy"])
    return model
'''
