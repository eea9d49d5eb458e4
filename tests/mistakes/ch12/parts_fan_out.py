"""The spread of the weights follows the number of outputs."""

ANSWER = "parts"
LOSES = {"parts_test": 0.2}
CODE = '''\
def softsign(z):
    """Return z / (1 + |z|), element by element."""
    return z / (1 + keras.ops.abs(z))


def he_start(shape, dtype=None):
    """Return new random weights of shape (n_in, n_out) with He's standard deviation."""
    return keras.random.normal(shape, stddev=(2 / shape[1]) ** 0.5, dtype=dtype)


def elastic(weights):
    """Return what the weights cost: 0.01 times their absolute values and 0.001 times their squares."""
    return 0.01 * keras.ops.sum(keras.ops.abs(weights)) + 0.001 * keras.ops.sum(weights**2)


def short_columns(weights):
    """Return the weights (n_in, n_out) with no column longer than 1."""
    lengths = keras.ops.sqrt(keras.ops.sum(weights**2, axis=0))
    return weights / keras.ops.maximum(lengths, 1.0)
'''
