"""The vector of the fill counts."""

ANSWER = "sentences"
LOSES = {"x": 1}
CODE = '''\
def sentence_vectors(ids, vectors):
    """Return the mean vector of each text: ids (texts, length) whole numbers, 0 for fill; vectors (words, dim)."""
    real = np.ones((*ids.shape, 1))
    return (vectors[ids] * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)
'''
