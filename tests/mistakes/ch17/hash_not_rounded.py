"""The codes are not rounded."""

ANSWER = "hash_net"
LOSES = {"hash_net_test": 0.3333}
HINT = "A sum above zero is a 1"
CODE = '''\
def train_hash(X, n_bits=16):
    """Return (to_bits, from_bits), functions between rows (rows, features) and bits (rows, n_bits)."""
    keras.utils.set_random_seed(5)
    seeds = keras.random.SeedGenerator(5)
    features = X.shape[1]
    encoder = keras.Sequential([layers.Input((features,)), layers.Dense(64, activation="relu"), layers.Dense(n_bits)])
    decoder = keras.Sequential([layers.Input((n_bits,)), layers.Dense(64, activation="relu"),
                                layers.Dense(features, activation="sigmoid")])

    def loss(batch):
        sums = encoder(batch)
        noisy_sums = sums + keras.random.normal(ops.shape(sums), stddev=3.0, seed=seeds)
        return ops.mean((decoder(ops.sigmoid(noisy_sums)) - batch) ** 2)

    train(loss, encoder.trainable_variables + decoder.trainable_variables, X, steps=500)
    return lambda rows: np.asarray(ops.sigmoid(encoder(rows))), lambda bits: decoder(np.float32(bits))
'''
