"""The sum is divided by the length of the row, fill included."""

ANSWER = "sentences"
LOSES = {"sentences_test": 0.6}
CODE = '''\
def sentence_vectors(ids, vectors):
    """Return the mean vector of each text: ids (texts, length) whole numbers, 0 for fill; vectors (words, dim)."""
    real = (ids > 0)[:, :, None]
    return (vectors[ids] * real).sum(axis=1) / ids.shape[1]
'''
