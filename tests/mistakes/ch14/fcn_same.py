"""The new convolutions are padded."""

ANSWER = "fcn"
LOSES = {"fcn_test": 0.75}
CODE = '''\
def fully_convolutional(model):
    """Return a Keras model (rows, any height, any width, channels) -> (rows, places, places, classes)."""
    layers, shape, parts = keras.layers, (1, 1), []
    for layer in model.layers:
        if isinstance(layer, layers.Flatten):
            shape = layer.input.shape[1:3]
            continue
        new = type(layer).from_config(layer.get_config())
        if isinstance(layer, layers.Dense):
            new, shape = layers.Conv2D(layer.units, shape, activation=layer.activation, padding="same"), (1, 1)
        parts.append(new)
    wide = keras.Sequential([layers.Input((None, None, model.input_shape[-1])), *parts])
    wide.set_weights([old.reshape(new.shape) for old, new in zip(model.get_weights(), wide.weights, strict=True)])
    return wide
'''
