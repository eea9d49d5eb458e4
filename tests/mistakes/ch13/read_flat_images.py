"""Images stay rows of 64 numbers."""

ANSWER = "read"
LOSES = {"read_test": 0.5}
CODE = '''\
def read_records(paths, gzip=False, batch_size=32):
    """Return a tf.data.Dataset of dicts: image (rows, 8, 8) uint8, label (rows,), tags (ragged strings)."""
    features = {"image": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64),
                "tags": tf.io.RaggedFeature(tf.string)}

    def parse(records):
        found = tf.io.parse_example(records, features)
        found["image"] = tf.io.decode_raw(found["image"], tf.uint8)
        return found

    records = tf.data.TFRecordDataset(list(paths), compression_type="GZIP" if gzip else "")
    return records.batch(batch_size).map(parse, num_parallel_calls=tf.data.AUTOTUNE).prefetch(1)
'''
