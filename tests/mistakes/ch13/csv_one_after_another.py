"""One file is read after the other."""

ANSWER = "csv"
LOSES = {"csv_test": 0.25}
CODE = '''\
def parse_lines(lines):
    """Return (inputs (rows, 4), levels (rows,)), float32, of a tensor of lines (rows,)."""
    *inputs, levels = tf.io.decode_csv(lines, [[np.nan]] * 4 + [tf.constant([], tf.float32)])
    return tf.stack(inputs, axis=1), levels


def column_stats(paths):
    """Return (mean, std), arrays (4,), of the inputs in all files."""
    count, total, squares = np.zeros(4), np.zeros(4), np.zeros(4)
    for path in paths:
        for lines in tf.data.TextLineDataset(path).skip(1).batch(1000):
            inputs = parse_lines(lines)[0].numpy().astype(float)
            count += (~np.isnan(inputs)).sum(axis=0)
            total += np.nansum(inputs, axis=0)
            squares += np.nansum(inputs**2, axis=0)
    mean = total / count
    return mean, np.sqrt(squares / count - mean**2)


def csv_dataset(paths, mean, std, batch_size=32, cycle=4):
    """Return a tf.data.Dataset of (standardised inputs, levels) batches of all rows of the files."""
    def lines_of(path):
        return tf.data.TextLineDataset(path).skip(1)

    def prepare(lines):
        inputs, levels = parse_lines(lines)
        scaled = (inputs - tf.cast(mean, tf.float32)) / tf.cast(std, tf.float32)
        return tf.where(tf.math.is_nan(scaled), 0.0, scaled), levels

    files = tf.data.Dataset.from_tensor_slices(list(paths))
    lines = files.interleave(lines_of, cycle_length=1, num_parallel_calls=tf.data.AUTOTUNE)
    return lines.batch(batch_size).map(prepare, num_parallel_calls=tf.data.AUTOTUNE).prefetch(1)
'''
