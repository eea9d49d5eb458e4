"""The rounding is left to the tape, whose slope is nothing."""

ANSWER = "custom_gradient"
LOSES = {"custom_gradient_test": 0.2}
CODE = '''\
@tf.custom_gradient
def softplus(z):
    """Return log(1 + exp(z)) and the function that passes its slope on, for a float tensor of any shape."""
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, 0.0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


def straight_round(x):
    """Return x rounded, with the slope of x."""
    return tf.round(x)
'''
