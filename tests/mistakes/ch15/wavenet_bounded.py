"""The outputs cannot be negative."""

ANSWER = "wavenet"
LOSES = {"wavenet_test": 0.2}
CODE = '''\
def build_wavenet(filters, dilations, ahead):
    """Return an uncompiled Keras model from (rows, steps, 1) to (rows, steps, ahead)."""
    model = keras.Sequential([keras.layers.Input((None, 1))])
    for dilation in dilations:
        model.add(keras.layers.Conv1D(filters, 2, padding="causal", activation="relu", dilation_rate=dilation))
    model.add(keras.layers.Conv1D(ahead, 1, activation="relu"))
    return model
'''
