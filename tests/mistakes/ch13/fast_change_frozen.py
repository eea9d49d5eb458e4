"""The random change is cached too."""

ANSWER = "fast"
LOSES = {"fast_test": 0.1667}
CODE = '''\
def fast_pipeline(items, prepare, change, batch_size):
    """Return a tf.data.Dataset of batches: items is a dataset, prepare and change are functions of one item."""
    prepared = items.map(prepare, num_parallel_calls=tf.data.AUTOTUNE).map(change).cache()
    mixed = prepared.shuffle(10_000)
    return mixed.batch(batch_size).prefetch(1)
'''
