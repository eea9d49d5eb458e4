"""A text without words is not a number."""

ANSWER = "sentences"
LOSES = {"sentences_test": 0.2}
CODE = '''\
def sentence_vectors(ids, vectors):
    """Return the mean vector of each text: ids (texts, length) whole numbers, 0 for fill; vectors (words, dim)."""
    real = (ids > 0)[:, :, None]
    return (vectors[ids] * real).sum(axis=1) / real.sum(axis=1)
'''
