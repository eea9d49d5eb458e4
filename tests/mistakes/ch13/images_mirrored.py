"""Digits are mirrored, and turned upside down."""

ANSWER = "image_layers"
LOSES = {"images_test": 0.5}
CODE = '''\
def image_layers(size):
    """Return a keras.Sequential from grey images (rows, h, w, 1) to (rows, size, size, 1)."""
    return keras.Sequential([
        keras.layers.Resizing(size, size),
        keras.layers.Rescaling(1 / 255),
        keras.layers.RandomFlip("horizontal_and_vertical"),
        keras.layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
    ])
'''
