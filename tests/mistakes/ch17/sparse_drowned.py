"""The penalty weighs a thousand times too much."""

ANSWER = "sparse"
LOSES = {"sparse_test": 0.25}
WEAK = "and are still rebuilt"
CODE = '''\
def kl_sparsity(codes, target):
    """Return the divergence, a scalar tensor, of the mean activity of codes (rows, units) from the target."""
    q = ops.clip(ops.mean(codes, axis=0), 1e-6, 1 - 1e-6)
    return ops.sum(target * ops.log(target / q) + (1 - target) * ops.log((1 - target) / (1 - q)))


def train_sparse(X, n_codes=64, target=0.1):
    """Return (encoder, autoencoder), trained on X (rows, features), with codes that are active at the target."""
    keras.utils.set_random_seed(4)
    encoder = keras.Sequential([layers.Input(X.shape[1:]), layers.Dense(n_codes, activation="sigmoid")])
    decoder = keras.Sequential([layers.Input((n_codes,)), layers.Dense(X.shape[1], activation="sigmoid")])

    def loss(batch):
        codes = encoder(batch)
        return ops.mean((decoder(codes) - batch) ** 2) + 10.0 * kl_sparsity(codes, target)

    train(loss, encoder.trainable_variables + decoder.trainable_variables, X, steps=400)
    return encoder, keras.Sequential([layers.Input(X.shape[1:]), encoder, decoder])
'''
