"""It is hardly trained."""

ANSWER = "segmenter"
LOSES = {"segmenter_test": 0.5}
WEAK = "New images are taken apart"
CODE = '''\
def train_segmenter(X, masks):
    """Return a trained Keras model for X (rows, height, width, 1), masks (rows, height, width), 0 to 3."""
    keras.utils.set_random_seed(17)
    layers = keras.layers

    def block(maps, filters):
        return layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(maps)

    inputs = layers.Input((None, None, 1))
    fine = block(inputs, 8)
    middle = block(layers.MaxPooling2D()(fine), 16)
    coarse = block(block(layers.MaxPooling2D()(middle), 24), 24)
    maps = layers.Conv2DTranspose(16, 2, strides=2, activation="relu")(coarse)
    maps = block(layers.Concatenate()([maps, middle]), 16)
    maps = layers.Conv2DTranspose(8, 2, strides=2, activation="relu")(maps)
    maps = layers.Concatenate()([maps, fine])
    model = keras.Model(inputs, layers.Conv2D(4, 1, activation="softmax")(maps))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005))
    model.fit(X, masks, epochs=1, batch_size=32, verbose=0)
    return model
'''
