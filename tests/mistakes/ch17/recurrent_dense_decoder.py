"""A dense layer makes all steps."""

ANSWER = "recurrent"
LOSES = {"recurrent_test": 0.25}
CODE = '''\
def build_recurrent(steps, features, n_codes):
    """Return (encoder, decoder) of a recurrent autoencoder, Keras models."""
    encoder = keras.Sequential([layers.Input((steps, features)), layers.GRU(n_codes)])
    decoder = keras.Sequential([
        layers.Input((n_codes,)),
        layers.Dense(steps * features),
        layers.Reshape((steps, features)),
    ])
    return encoder, decoder
'''
