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

    def block(maps, filters):
        return layers.Conv2D(filters, 1, padding="same", activation="relu", kernel_initializer="he_normal")(maps)

    inputs = layers.Input((None, None, 1))
    fine = block(inputs, 8)
    middle = block(fine, 16)
    coarse = block(block(middle, 24), 24)
    maps = layers.Conv2D(16, 1, activation="relu")(coarse)
    maps = block(layers.Concatenate()([maps, middle]), 16)
    maps = layers.Conv2D(8, 1, activation="relu")(maps)
    maps = layers.Concatenate()([maps, fine])
    model = keras.Model(inputs, layers.Conv2D(4, 1, activation="softmax")(maps))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005))
    model.fit(X, masks, epochs=12, batch_size=32, verbose=0)
    return model
'''
