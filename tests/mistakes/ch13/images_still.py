"""Nothing changes in training."""

ANSWER = "image_layers"
LOSES = {"images_test": 0.5}
CODE = '''\
def image_layers(size):
    """Return a keras.Sequential from grey images (rows, h, w, 1) to (rows, size, size, 1)."""
    return keras.Sequential([
        keras.layers.Resizing(size, size),
        keras.layers.Rescaling(1 / 255),
    ])
'''
