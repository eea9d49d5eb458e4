"""The padding is cut off at the end, wherever it stands."""

ANSWER = "vectors"
LOSES = {"vectors_test": 0.4}
CODE = '''\
def frozen_embedding(vocabulary, vectors):
    """Return a built keras Embedding for a list of words, with the vectors of a dict, none of them trainable."""
    size = len(next(iter(vectors.values())))
    table = np.array([vectors.get(word, np.zeros(size)) for word in vocabulary])
    layer = layers.Embedding(len(vocabulary), size, mask_zero=True, trainable=False)
    layer.build()
    layer.set_weights([table])
    return layer


def masked_mean(X, mask):
    """Return a tensor (rows, d) for X (rows, steps, d) and a mask (rows, steps) of bools."""
    weights = keras.ops.cast(np.arange(mask.shape[1]) < np.asarray(mask).sum(axis=1)[:, None], "float32")[:, :, None]
    return keras.ops.sum(X * weights, axis=1) / keras.ops.maximum(keras.ops.sum(weights, axis=1), 1.0)
'''
