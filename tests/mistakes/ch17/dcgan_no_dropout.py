"""No dropout."""

ANSWER = "dcgan"
LOSES = {"dcgan_test": 0.2}
CODE = '''\
def build_dcgan(n_noise=16):
    """Return (generator, discriminator): from noise (rows, n_noise) to images, and from images to logits (rows, 1)."""
    generator = keras.Sequential([
        layers.Input((n_noise,)),
        layers.Dense(2 * 2 * 64),
        layers.Reshape((2, 2, 64)),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2DTranspose(32, 5, strides=2, padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh"),
    ])
    discriminator = keras.Sequential([
        layers.Input((8, 8, 1)),
        layers.Conv2D(32, 5, strides=2, padding="same", activation="leaky_relu"),
        layers.Conv2D(64, 5, strides=2, padding="same", activation="leaky_relu"),
        layers.Flatten(),
        layers.Dense(1),
    ])
    return generator, discriminator
'''
