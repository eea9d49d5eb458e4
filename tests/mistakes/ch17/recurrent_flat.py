"""A dense layer reads all steps at once."""

ANSWER = "recurrent"
LOSES = {"recurrent_test": 0.25}
HINT = "No Flatten"
CODE = '''\
def build_recurrent(steps, features, n_codes):
    """Return (encoder, decoder) of a recurrent autoencoder, Keras models."""
    encoder = keras.Sequential([layers.Input((steps, features)), layers.Flatten(), layers.Dense(n_codes)])
    decoder = keras.Sequential([
        layers.Input((n_codes,)),
        layers.RepeatVector(steps),
        layers.GRU(16, return_sequences=True),
        layers.Dense(features),
    ])
    return encoder, decoder
'''
