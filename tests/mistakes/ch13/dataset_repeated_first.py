"""Rows are repeated before they are shuffled, so epochs mix."""

ANSWER = "dataset"
LOSES = {"dataset_test": 0.2}
CODE = '''\
def make_dataset(X, y, batch_size=32, shuffle=False, epochs=1, seed=None):
    """Return a tf.data.Dataset of (X (<= batch_size, ...), y (<= batch_size,)) batches, for so many epochs."""
    rows = tf.data.Dataset.from_tensor_slices((X, y))
    rows = rows.repeat(epochs)
    if shuffle:
        rows = rows.shuffle(len(X), seed=seed)
    return rows.batch(batch_size).prefetch(1)
'''
