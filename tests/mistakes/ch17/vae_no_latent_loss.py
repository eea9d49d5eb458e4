"""There is no latent loss."""

ANSWER = "vae"
LOSES = {"vae_test": 0.75}
WEAK = "Invented digits are near real ones"
CODE = '''\
def train_vae(X, n_codes=6):
    """Return (encoder, decoder) of a variational autoencoder for X (rows, features)."""
    keras.utils.set_random_seed(6)
    features, sampling = X.shape[1], Sampling()
    encoder = keras.Sequential([layers.Input((features,)), layers.Dense(64, activation="relu"),
                                layers.Dense(2 * n_codes)])
    decoder = keras.Sequential([layers.Input((n_codes,)), layers.Dense(64, activation="relu"),
                                layers.Dense(features, activation="sigmoid")])

    def encode(rows):
        return ops.split(encoder(rows), 2, axis=1)

    def loss(batch):
        mean, log_var = encode(batch)
        rebuilt = decoder(sampling((mean, log_var)))
        errors = ops.sum((rebuilt - batch) ** 2, axis=1) / (2 * 0.15**2)
        return ops.mean(errors)

    train(loss, encoder.trainable_variables + decoder.trainable_variables, X, steps=600)
    return encode, decoder
'''
