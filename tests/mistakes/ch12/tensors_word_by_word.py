"""The counts are right, but every word of the vocabulary goes through all texts."""

ANSWER = "tensors"
LOSES = {"tensors_test": 0.25}
CODE = '''\
def count_words(texts, vocabulary):
    """Return an integer tensor (texts, words) of counts; both arguments are lists of str, vocabulary in lower case."""
    lowered = [text.lower().split() for text in texts]
    return tf.constant([[words.count(word) for word in vocabulary] for words in lowered])


def brighten(images, factor):
    """Return images (any shape, uint8) times factor, rounded and cut off at 255, as a uint8 tensor."""
    return tf.saturate_cast(tf.round(tf.cast(images, tf.float32) * factor), tf.uint8)
'''
