"""Dense layers instead of convolutions."""

ANSWER = "dae"
LOSES = {"dae_test": 0.4}
HINT = "no Flatten, no Dense"
CODE = '''\
def build_dae(side=8):
    """Return a convolutional denoising autoencoder for images (rows, side, side, 1)."""
    return keras.Sequential([
        layers.Input((side, side, 1)),
        layers.GaussianNoise(0.3),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(side * side, activation="sigmoid"),
        layers.Reshape((side, side, 1)),
    ])
'''
