"""The noise is on while predicting, too."""

ANSWER = "dae"
LOSES = {"dae_test": 0.4}
CODE = '''\
class Noise(layers.Layer):
    def call(self, inputs):
        return inputs + keras.random.normal(ops.shape(inputs), stddev=0.3)


def build_dae(side=8):
    """Return a convolutional denoising autoencoder for images (rows, side, side, 1)."""
    relu = {"strides": 2, "padding": "same", "activation": "relu"}
    return keras.Sequential([
        layers.Input((side, side, 1)),
        Noise(),
        layers.Conv2D(16, 3, **relu),
        layers.Conv2D(32, 3, **relu),
        layers.Conv2DTranspose(16, 3, **relu),
        layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid"),
    ])
'''
