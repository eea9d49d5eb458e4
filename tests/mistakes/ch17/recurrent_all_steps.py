"""The encoder returns all steps."""

ANSWER = "recurrent"
LOSES = {"recurrent_test": 0.5}
CODE = '''\
def build_recurrent(steps, features, n_codes):
    """Return (encoder, decoder) of a recurrent autoencoder, Keras models."""
    encoder = keras.Sequential([layers.Input((steps, features)), layers.GRU(n_codes, return_sequences=True)])
    decoder = keras.Sequential([
        layers.Input((n_codes,)),
        layers.RepeatVector(steps),
        layers.GRU(16, return_sequences=True),
        layers.Dense(features),
    ])
    return encoder, decoder
'''
