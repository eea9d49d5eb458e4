"""The buffer holds a batch."""

ANSWER = "fast"
LOSES = {"x": 1}
CODE = '''\
def fast_pipeline(items, prepare, change, batch_size):
    """Return a tf.data.Dataset of batches: items is a dataset, prepare and change are functions of one item."""
    prepared = items.map(prepare, num_parallel_calls=tf.data.AUTOTUNE).cache()
    mixed = prepared.shuffle(batch_size).map(change, num_parallel_calls=tf.data.AUTOTUNE)
    return mixed.batch(batch_size).prefetch(1)
'''
