"""Fine-tuning is as fast as training the head."""

ANSWER = "transfer"
LOSES = {"transfer_test": 0.1667}
CODE = '''\
def add_head(base, classes):
    """Return an uncompiled model from raw grey values 0..255 to probabilities of the classes."""
    layers = keras.layers
    inputs = layers.Input(base.input_shape[1:])
    maps = base(layers.Rescaling(1 / 127.5, offset=-1)(inputs))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(layers.Flatten()(maps)))


def train_head(model, base, X, y):
    """Train all of the model but its base."""
    base.trainable = False
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005))
    model.fit(X, y, epochs=30, batch_size=20, verbose=0)


def fine_tune(model, base, X, y, n_frozen):
    """Train the model, but not the first n_frozen layers of its base, nor any batch normalisation in it."""
    base.trainable = True
    for number, layer in enumerate(base.layers):
        if number < n_frozen or isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005))
    model.fit(X, y, epochs=10, batch_size=20, verbose=0)
'''
