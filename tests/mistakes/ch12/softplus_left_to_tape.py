"""The plain formula, differentiated by the tape: infinity by infinity."""

ANSWER = "custom_gradient"
LOSES = {"custom_gradient_test": 0.6}
CODE = '''\
def softplus(z):
    """Return log(1 + exp(z)) and the function that passes its slope on, for a float tensor of any shape."""
    return tf.math.log(1.0 + tf.exp(z))


def straight_round(x):
    """Return x rounded, with the slope of x."""
    return x + tf.stop_gradient(tf.round(x) - x)
'''
