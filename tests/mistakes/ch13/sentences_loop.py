"""A loop over texts and words."""

ANSWER = "sentences"
LOSES = {"sentences_test": 0.2}
CODE = '''\
def sentence_vectors(ids, vectors):
    """Return the mean vector of each text: ids (texts, length) whole numbers, 0 for fill; vectors (words, dim)."""
    means = []
    for row in ids:
        found = np.zeros(vectors.shape[1])
        for word in row:
            if word > 0:
                found = found + vectors[word]
        means.append(found / max(int((row > 0).sum()), 1))
    return np.array(means)
'''
