"""The gradient of the gradient adds up the rows of the Hessian."""

ANSWER = "derivatives"
LOSES = {"derivatives_test": 0.8}
CODE = '''\
def derivatives(f, w):
    """Return (value, gradient, Hessian), tensors of shapes (), (n,), (n, n) and the type of w.

    f maps a tensor (n,) to a scalar tensor; w is an array or tensor. What f does not depend on has slope zero.
    """
    w = tf.convert_to_tensor(w)
    with tf.GradientTape() as outer:
        outer.watch(w)
        with tf.GradientTape() as inner:
            inner.watch(w)
            value = f(w)
        gradient = inner.gradient(value, w, unconnected_gradients="zero")
    return value, gradient, outer.gradient(gradient, w, unconnected_gradients="zero")


def logistic_weights(X, y, l2=1.0, steps=8):
    """Return the weights (features,) of logistic regression without intercept; X (rows, features), y of 0 and 1."""
    X, y = tf.constant(X, tf.float64), tf.constant(y, tf.float64)

    def cost(w):
        z = tf.linalg.matvec(X, w)
        return tf.reduce_sum(tf.nn.softplus(z) - y * z) + l2 / 2 * tf.reduce_sum(w**2)

    w = tf.zeros(X.shape[1], tf.float64)
    for _ in range(steps):
        _, gradient, hessian = derivatives(cost, w)
        w -= tf.linalg.solve(hessian, gradient[:, None])[:, 0]
    return w
'''
