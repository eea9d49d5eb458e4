"""Without a signature every size is traced again."""

ANSWER = "graphs"
LOSES = {"graphs_test": 0.2}
CODE = '''\
@tf.function(input_signature=[tf.TensorSpec((None,), tf.float32), tf.TensorSpec((), tf.float32)])
def smooth(values, decay):
    """Return the smoothed values, a tensor (n,), for values (n,), at least one, and a decay from 0 to 1."""
    n = tf.shape(values)[0]
    found = tf.TensorArray(tf.float32, n)
    state = values[0]
    for i in tf.range(n):
        state = decay * state + (1 - decay) * values[i]
        found = found.write(i, state)
    return found.stack()


@tf.function
def largest_eigenvalue(A):
    """Return (eigenvalue, repetitions), scalar tensors, for a symmetric matrix (n, n) of positive numbers."""
    v, change, repeated = tf.ones(tf.shape(A)[0], tf.float64), tf.constant(1.0, tf.float64), 0
    while change > 1e-10:
        new = tf.linalg.matvec(A, v)
        new /= tf.norm(new)
        change, v = tf.reduce_max(tf.abs(new - v)), new
        repeated += 1
    return tf.norm(tf.linalg.matvec(A, v)), repeated
'''
