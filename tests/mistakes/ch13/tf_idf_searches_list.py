"""Each word is searched for in the list of words."""

ANSWER = "tf_idf"
LOSES = {"tf_idf_test": 0.25}
CODE = '''\
def idf_weights(texts, words):
    """Return an array (words,): ln(1 + N / (1 + number of texts that have the word))."""
    places, having = {word: place for place, word in enumerate(words)}, np.zeros(len(words))
    for text in texts:
        for word in set(text.split()):
            if word in places:
                having[places[word]] += 1
    return np.log(1 + len(texts) / (1 + having))


def tf_idf(texts, words, idf):
    """Return an array (texts, words) of counts times weights."""
    places, counts = {word: place for place, word in enumerate(words)}, np.zeros((len(texts), len(words)))
    for row, text in enumerate(texts):
        for word in text.split():
            if word in words:
                counts[row, words.index(word)] += 1
    return counts * idf
'''
