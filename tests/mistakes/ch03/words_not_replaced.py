"""Keeps links and numbers as the characters they are made of."""

ANSWER = "mail"

LOSES = {"mail_test": 0.75}

CODE = '''
def words_of(text):
    """Return the words of a text, with URL and NUMBER in the place of links and numbers."""
    return re.findall(r"[a-z]+", text.lower())


class WordCounter(TransformerMixin, BaseEstimator):
    """Counts the most frequent words of the training texts; column 0 counts all others."""

    def __init__(self, size=50):
        self.size = size

    def fit(self, texts, y=None):
        """Learn vocabulary_ from an iterable of texts; return self."""
        words, counts = np.unique([word for text in texts for word in words_of(text)], return_counts=True)
        self.vocabulary_ = words[np.argsort(-counts, kind="stable")[: self.size]].tolist()
        return self

    def transform(self, texts):
        """Return counts (m, 1 + len(vocabulary_)) of the words in each text."""
        column = {word: place for place, word in enumerate(self.vocabulary_, start=1)}
        counts = np.zeros((len(texts), 1 + len(column)), dtype=int)
        for row, text in enumerate(texts):
            for word in words_of(text):
                counts[row, column.get(word, 0)] += 1
        return counts


def spam_pipeline():
    """Return an untrained pipeline from texts to booleans."""
    return make_pipeline(WordCounter(40), LogisticRegression(max_iter=1000))
'''
