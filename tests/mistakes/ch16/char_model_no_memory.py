"""A dense network sees a single character."""

ANSWER = "char_model"
LOSES = {"char_model_test": 2}
CODE = '''\
def train_char_model(text):
    """Return a trained stateless network from numbers (rows, steps) to chances (rows, steps, 9)."""
    keras.utils.set_random_seed(16)
    ids, length = encode(text, ALPHABET), 30
    rows = (len(ids) - 1) // length
    X, Y = (part.reshape(rows, length) for part in (ids[: rows * length], ids[1 : rows * length + 1]))
    model = keras.Sequential([
        layers.Input((None,)), layers.Embedding(9, 8), layers.Dense(32, activation="relu"), layers.Dense(9, activation="softmax"),
    ])
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.02))
    model.fit(X, Y, batch_size=32, epochs=6, verbose=0)
    return model
'''
