"""Images move up and down only."""

ANSWER = "image_layers"
LOSES = {"images_test": 0.25}
CODE = '''\
def image_layers(size):
    """Return a keras.Sequential from grey images (rows, h, w, 1) to (rows, size, size, 1)."""
    return keras.Sequential([
        keras.layers.Resizing(size, size),
        keras.layers.Rescaling(1 / 255),
        keras.layers.RandomTranslation(0.1, 0.0, fill_mode="constant"),
    ])
'''
