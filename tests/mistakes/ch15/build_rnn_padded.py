"""The convolution is padded."""

ANSWER = "build_rnn"
LOSES = {"build_rnn_test": 0.1667}
HINT = "no padding"
CODE = '''\
def build_rnn(units, ahead, seq2seq=False, shorten=False):
    """Return an uncompiled Keras model with a GRU layer of each size in the list units and ahead outputs."""
    model = keras.Sequential([keras.layers.Input((None, 1))])
    if shorten:
        model.add(keras.layers.Conv1D(8, 4, strides=2, padding="same", activation="relu"))
    for i, size in enumerate(units):
        model.add(keras.layers.GRU(size, return_sequences=seq2seq or i < len(units) - 1))
    model.add(keras.layers.Dense(ahead))
    return model
'''
