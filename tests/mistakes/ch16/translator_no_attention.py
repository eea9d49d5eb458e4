"""The decoder never sees the source."""

ANSWER = "translator"
LOSES = {"translator_test": 1}
CODE = '''\
def train_translator(sources, targets):
    """Return a trained model from [sources (rows, steps), written (rows, length)] to chances (rows, length, 12)."""
    keras.utils.set_random_seed(16)
    source, written = layers.Input((None,), dtype="int32"), layers.Input((None,), dtype="int32")
    vectors = layers.Embedding(len(SOURCE), 32, mask_zero=True)(source)
    vectors, last = layers.GRU(32, return_sequences=True, return_state=True)(vectors)
    states = layers.GRU(32, return_sequences=True)(layers.Embedding(12, 32)(written))
    found = layers.Attention()([states, vectors])
    outputs = layers.Dense(12, activation="softmax")(states)
    model = keras.Model([source, written], outputs)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.02))
    model.fit([sources, teacher_inputs(targets)], targets, batch_size=64, epochs=6, verbose=0)
    return model
'''
