"""The grey values are cut off instead of rounded."""

ANSWER = "tensors"
LOSES = {"tensors_test": 0.25}
CODE = '''\
def count_words(texts, vocabulary):
    """Return an integer tensor (texts, words) of counts; both arguments are lists of str, vocabulary in lower case."""
    words = tf.strings.split(tf.strings.lower(texts, encoding="utf-8"))
    pairs = tf.lookup.KeyValueTensorInitializer(vocabulary, tf.range(len(vocabulary), dtype=tf.int64))
    numbers = tf.lookup.StaticHashTable(pairs, default_value=-1).lookup(words.flat_values)
    places = tf.stack([words.value_rowids(), numbers], axis=1)
    places = tf.boolean_mask(places, numbers >= 0)
    shape = tf.constant([len(texts), len(vocabulary)], tf.int64)
    return tf.scatter_nd(places, tf.ones(len(places), tf.int32), shape)


def brighten(images, factor):
    """Return images (any shape, uint8) times factor, rounded and cut off at 255, as a uint8 tensor."""
    return tf.saturate_cast(tf.cast(images, tf.float32) * factor, tf.uint8)
'''
