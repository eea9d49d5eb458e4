"""Windows follow each other without overlap."""

ANSWER = "windows"
LOSES = {"windows_test": 1}
CODE = '''\
def make_windows(series, length, batch_size=32):
    """Return a tf.data.Dataset of windows and their next values; series is a list of float arrays (steps,)."""
    whole = tf.data.Dataset.from_generator(lambda: iter(series), output_signature=tf.TensorSpec((None,), tf.float32))

    def cut(values):
        pieces = tf.data.Dataset.from_tensor_slices(values).window(length + 1, shift=length, drop_remainder=True)
        return pieces.flat_map(lambda piece: piece.batch(length + 1))

    return whole.flat_map(cut).map(lambda piece: (piece[:-1], piece[-1])).batch(batch_size)
'''
