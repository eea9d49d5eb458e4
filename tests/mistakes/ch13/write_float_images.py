"""Images are written as 64-bit floats."""

ANSWER = "write"
LOSES = {"write_test": 0.25}
CODE = '''\
def write_records(images, labels, tags, folder, n_files=1, gzip=False):
    """Write the items to n_files TFRecord files in the folder and return their paths."""
    def feature_of(values):
        if isinstance(values[0] if values else b"", bytes):
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    options = tf.io.TFRecordOptions(compression_type="GZIP" if gzip else "")
    paths = [f"{folder}/photos_{number:02}.tfrecord" for number in range(n_files)]
    writers = [tf.io.TFRecordWriter(path, options=options) for path in paths]
    for number, (image, label, words) in enumerate(zip(images, labels, tags, strict=True)):
        feature = {"image": feature_of([np.asarray(image, float).tobytes()]), "label": feature_of([int(label)]),
                   "tags": feature_of([word.encode() for word in words])}
        example = tf.train.Example(features=tf.train.Features(feature=feature))
        writers[number % n_files].write(example.SerializeToString())
    for writer in writers:
        writer.close()
    return paths
'''
