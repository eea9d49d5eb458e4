"""The gates compete."""

ANSWER = "squeeze"
LOSES = {"squeeze_test": 0.5}
HINT = "sigmoid in the last"
CODE = '''\
class SqueezeExcite(keras.layers.Layer):
    """A gate between 0 and 1 for each channel of inputs (rows, height, width, channels)."""

    def __init__(self, ratio=4, **kwargs):
        super().__init__(**kwargs)
        self.ratio = ratio

    def build(self, input_shape):
        """Make the two dense layers."""
        self.squeeze = keras.layers.Dense(input_shape[-1] // self.ratio, activation="relu")
        self.excite = keras.layers.Dense(input_shape[-1], activation="softmax")

    def call(self, inputs):
        """Return the inputs, each map times its gate."""
        means = keras.ops.mean(inputs, axis=(1, 2), keepdims=True)
        return inputs * self.excite(self.squeeze(means))
'''
