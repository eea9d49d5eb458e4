"""Tags are filled up with empty texts."""

ANSWER = "read"
LOSES = {"read_test": 0.25}
CODE = '''\
def read_records(paths, gzip=False, batch_size=32):
    """Return a tf.data.Dataset of dicts: image (rows, 8, 8) uint8, label (rows,), tags (ragged strings)."""
    features = {"image": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64),
                "tags": tf.io.RaggedFeature(tf.string)}

    def parse(records):
        found = tf.io.parse_example(records, features)
        found["image"] = tf.reshape(tf.io.decode_raw(found["image"], tf.uint8), (-1, 8, 8))
        found["tags"] = tf.RaggedTensor.from_tensor(found["tags"].to_tensor())
        return found

    records = tf.data.TFRecordDataset(list(paths), compression_type="GZIP" if gzip else "")
    return records.batch(batch_size).map(parse, num_parallel_calls=tf.data.AUTOTUNE).prefetch(1)
'''
