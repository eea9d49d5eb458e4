"""The value overflows for large numbers."""

ANSWER = "custom_gradient"
LOSES = {"custom_gradient_test": 0.2}
CODE = '''\
@tf.custom_gradient
def softplus(z):
    """Return log(1 + exp(z)) and the function that passes its slope on, for a float tensor of any shape."""
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.math.log(1.0 + tf.exp(z)), grad


def straight_round(x):
    """Return x rounded, with the slope of x."""
    return x + tf.stop_gradient(tf.round(x) - x)
'''
