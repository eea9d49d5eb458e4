"""The table is in the order of the dict."""

ANSWER = "vectors"
LOSES = {"vectors_test": 0.2}
HINT = "Row i of the table"
CODE = '''\
def frozen_embedding(vocabulary, vectors):
    """Return a built keras Embedding for a list of words, with the vectors of a dict, none of them trainable."""
    size = len(next(iter(vectors.values())))
    known = [vectors[word] for word in vectors if word in vocabulary]
    table = np.zeros((len(vocabulary), size))
    table[2 : 2 + len(known)] = known
    layer = layers.Embedding(len(vocabulary), size, mask_zero=True, trainable=False)
    layer.build()
    layer.set_weights([table])
    return layer


def masked_mean(X, mask):
    """Return a tensor (rows, d) for X (rows, steps, d) and a mask (rows, steps) of bools."""
    weights = keras.ops.cast(mask, "float32")[:, :, None]
    return keras.ops.sum(X * weights, axis=1) / keras.ops.maximum(keras.ops.sum(weights, axis=1), 1.0)
'''
