"""The vector of the fill is set to zero in the array of the caller."""

ANSWER = "sentences"
LOSES = {"sentences_test": 0.2}
CODE = '''\
def sentence_vectors(ids, vectors):
    """Return the mean vector of each text: ids (texts, length) whole numbers, 0 for fill; vectors (words, dim)."""
    vectors[0] = 0
    real = (ids > 0)[:, :, None]
    return (vectors[ids] * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)
'''
