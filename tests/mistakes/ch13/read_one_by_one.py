"""Records are parsed one by one."""

ANSWER = "read"
LOSES = {"read_test": 0.25}
CODE = '''\
def read_records(paths, gzip=False, batch_size=32):
    """Return a tf.data.Dataset of dicts: image (rows, 8, 8) uint8, label (rows,), tags (ragged strings)."""
    features = {"image": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64),
                "tags": tf.io.RaggedFeature(tf.string)}

    def parse(record):
        found = tf.io.parse_single_example(record, features)
        found["image"] = tf.reshape(tf.io.decode_raw(found["image"], tf.uint8), (8, 8))
        return found

    records = tf.data.TFRecordDataset(list(paths), compression_type="GZIP" if gzip else "")
    return records.map(parse).ragged_batch(batch_size)
'''
