"""Rows and labels are shuffled apart from each other."""

ANSWER = "dataset"
LOSES = {"x": 1}
CODE = '''\
def make_dataset(X, y, batch_size=32, shuffle=False, epochs=1, seed=None):
    """Return a tf.data.Dataset of (X (<= batch_size, ...), y (<= batch_size,)) batches, for so many epochs."""
    rows, labels = tf.data.Dataset.from_tensor_slices(X), tf.data.Dataset.from_tensor_slices(y)
    if shuffle:
        rows, labels = rows.shuffle(len(X), seed=seed), labels.shuffle(len(X))
    rows = tf.data.Dataset.zip((rows, labels))
    return rows.batch(batch_size).repeat(epochs).prefetch(1)
'''
