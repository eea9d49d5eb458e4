"""Rows are repeated before they are batched: a batch holds rows of two epochs."""

ANSWER = "dataset"
LOSES = {"x": 1}
CODE = '''\
def make_dataset(X, y, batch_size=32, shuffle=False, epochs=1, seed=None):
    """Return a tf.data.Dataset of (X (<= batch_size, ...), y (<= batch_size,)) batches, for so many epochs."""
    rows = tf.data.Dataset.from_tensor_slices((X, y))
    if shuffle:
        rows = rows.shuffle(len(X), seed=seed)
    return rows.repeat(epochs).batch(batch_size).prefetch(1)
'''
