"""Nothing recurrent in the decoder."""

ANSWER = "recurrent"
LOSES = {"recurrent_test": 0.25}
HINT = "After RepeatVector all steps are equal"
CODE = '''\
def build_recurrent(steps, features, n_codes):
    """Return (encoder, decoder) of a recurrent autoencoder, Keras models."""
    encoder = keras.Sequential([layers.Input((steps, features)), layers.GRU(n_codes)])
    decoder = keras.Sequential([
        layers.Input((n_codes,)),
        layers.RepeatVector(steps),
        layers.Dense(features),
    ])
    return encoder, decoder
'''
