"""The model is trained for too short a time."""

ANSWER = "review_model"
LOSES = {"reviews_test": 1}
CODE = '''\
def train_reviews(texts, labels):
    """Return a trained Keras model from texts, a string tensor (rows, 1), to probabilities (rows, 1)."""
    keras.utils.set_random_seed(6)
    vectorize = keras.layers.TextVectorization(max_tokens=2000, ngrams=2, output_mode="count")
    vectorize.adapt(list(texts))
    model = keras.Sequential([keras.layers.Input((1,), dtype="string"), vectorize])
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.0005))
    rows = tf.data.Dataset.from_tensor_slices((tf.constant(list(texts))[:, None], np.asarray(labels)[:, None]))
    model.fit(rows.shuffle(len(texts), seed=6).batch(32), epochs=1, shuffle=False, verbose=0)
    return model
'''
