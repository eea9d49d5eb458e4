"""A pixel sees nothing but itself."""

ANSWER = "segmenter"
LOSES = {"segmenter_test": 0.5}
HINT = "receptive field"
WEAK = "New images are taken apart"
CODE = '''\
def train_segmenter(X, masks):
    """Return a trained Keras model for X (rows, height, width, 1), masks (rows, height, width), 0 to 3."""
    keras.utils.set_random_seed(17)
    layers = keras.layers

    def conv(filters, kernel, strides=1):
        return layers.Conv2D(filters, kernel, strides, "same", activation="relu", kernel_initializer="he_normal")

    inputs = layers.Input((None, None, 1))
    maps = conv(16, 1)(conv(16, 1)(inputs))
    model = keras.Model(inputs, layers.Conv2D(4, 1, padding="same", activation="softmax")(maps))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005))
    model.fit(X, masks, epochs=10, batch_size=16, verbose=0)
    return model
'''
