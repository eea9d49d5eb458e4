"""Only the first three moves are read."""

ANSWER = "sketch_model"
LOSES = {"sketches_test": 0.4}
WEAK = "Most new sketches are recognised"
CODE = '''\
def pad(sequences, value):
    """Return an array (n, longest, features) of a list of arrays (steps, features), filled up behind with value."""
    padded = np.full((len(sequences), max(map(len, sequences)), sequences[0].shape[1]), value, float)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return padded


def train_sketches(sequences, labels):
    """Return predict(list of sketches) -> probabilities (n, 3), trained on sequences and labels (n,)."""
    keras.utils.set_random_seed(17)
    model = keras.Sequential([
        keras.layers.Input((None, 2)),
        keras.layers.Masking(-9.0),
        keras.layers.Lambda(lambda X: X[:, :3]),
        keras.layers.GRU(20),
        keras.layers.Dense(3, activation="softmax"),
    ])
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.02))
    model.fit(pad(sequences, -9.0), labels, epochs=8, batch_size=64, verbose=0)
    return lambda sequences: keras.ops.convert_to_numpy(model(pad(sequences, -9.0)))
'''
