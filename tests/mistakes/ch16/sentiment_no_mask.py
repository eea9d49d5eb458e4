"""Nothing is masked, so the network forgets while it reads padding."""

ANSWER = "sentiment"
LOSES = {"sentiment_test": 1.2}
HINT = "Is the padding masked?"
CODE = '''\
def train_sentiment(texts, labels):
    """Return a function from a list of texts to an array (texts,) of chances, learned from texts and labels (n,)."""
    keras.utils.set_random_seed(16)
    vectorize = layers.TextVectorization(max_tokens=1000, output_sequence_length=40)
    vectorize.adapt(list(texts))
    model = keras.Sequential([
        layers.Input((None,)), layers.Embedding(1000, 8), layers.GRU(16),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.02))
    model.fit(np.asarray(vectorize(list(texts))), np.asarray(labels), epochs=5, batch_size=64, verbose=0)
    return lambda texts: np.asarray(model(np.asarray(vectorize(list(texts)))))[:, 0]
'''
