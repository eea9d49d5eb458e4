"""It is hardly trained."""

ANSWER = "segmenter"
LOSES = {"segmenter_test": 0.5}
WEAK = "New images are taken apart"
CODE = '''\
def train_segmenter(X, masks):
    """Return a trained Keras model for X (rows, height, width, 1), masks (rows, height, width), 0 to 3."""
    keras.utils.set_random_seed(17)
    layers = keras.layers

    def conv(filters, kernel, strides=1):
        return layers.Conv2D(filters, kernel, strides, "same", activation="relu", kernel_initializer="he_normal")

    inputs = layers.Input((None, None, 1))
    half = conv(16, 5, 2)(inputs)
    quarter = conv(24, 3)(conv(24, 3, 2)(half))
    maps = layers.Conv2DTranspose(16, 2, strides=2, activation="relu")(quarter)
    maps = layers.Concatenate()([maps, half])
    maps = layers.Conv2DTranspose(8, 2, strides=2, activation="relu")(maps)
    maps = layers.Concatenate()([maps, inputs])
    model = keras.Model(inputs, layers.Conv2D(4, 3, padding="same", activation="softmax")(maps))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005))
    model.fit(X, masks, epochs=1, batch_size=16, verbose=0)
    return model
'''
