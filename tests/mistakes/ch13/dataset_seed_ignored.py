"""The seed does not reach shuffle."""

ANSWER = "dataset"
LOSES = {"dataset_test": 0.2}
CODE = '''\
def make_dataset(X, y, batch_size=32, shuffle=False, epochs=1, seed=None):
    """Return a tf.data.Dataset of (X (<= batch_size, ...), y (<= batch_size,)) batches, for so many epochs."""
    rows = tf.data.Dataset.from_tensor_slices((X, y))
    if shuffle:
        rows = rows.shuffle(len(X))
    return rows.batch(batch_size).repeat(epochs).prefetch(1)
'''
