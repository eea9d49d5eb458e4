"""The model learns to repeat the character it sees."""

ANSWER = "char_model"
LOSES = {"char_model_test": 2}
HINT = "Is the target the next"
CODE = '''\
def train_char_model(text):
    """Return a trained stateless network from numbers (rows, steps) to chances (rows, steps, 9)."""
    keras.utils.set_random_seed(16)
    ids, length = encode(text, ALPHABET), 30
    rows = (len(ids) - 1) // length
    X, Y = (part.reshape(rows, length) for part in (ids[: rows * length], ids[: rows * length]))
    model = char_net(len(ALPHABET) + 1, 32)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.02))
    model.fit(X, Y, batch_size=32, epochs=6, verbose=0)
    return model
'''
