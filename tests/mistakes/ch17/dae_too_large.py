"""Too many filters."""

ANSWER = "dae"
LOSES = {"dae_test": 0.2}
CODE = '''\
def build_dae(side=8):
    """Return a convolutional denoising autoencoder for images (rows, side, side, 1)."""
    relu = {"strides": 2, "padding": "same", "activation": "relu"}
    return keras.Sequential([
        layers.Input((side, side, 1)),
        layers.GaussianNoise(0.3),
        layers.Conv2D(64, 3, **relu),
        layers.Conv2D(128, 3, **relu),
        layers.Conv2DTranspose(16, 3, **relu),
        layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid"),
    ])
'''
