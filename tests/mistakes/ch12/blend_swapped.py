"""The share belongs to the second input."""

ANSWER = "noise"
LOSES = {"noise_test": 0.2}
CODE = '''\
class AddNoise(keras.layers.Layer):
    """Adds noise of a standard deviation while training."""

    def __init__(self, stddev, **kwargs):
        super().__init__(**kwargs)
        self.stddev = stddev
        self.seeds = keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        """Return inputs, of any shape, with noise if training."""
        if not training:
            return inputs
        return inputs + keras.random.normal(keras.ops.shape(inputs), stddev=self.stddev, seed=self.seeds)


class Blend(keras.layers.Layer):
    """A trainable mean of two inputs, feature by feature."""

    def build(self, input_shapes):
        """Make the weight self.gate (features,); input_shapes is a pair of shapes."""
        self.gate = self.add_weight(shape=(input_shapes[0][-1],), initializer="zeros", name="gate")

    def call(self, inputs):
        """Return the blend of a pair of tensors (rows, features)."""
        share = keras.ops.sigmoid(self.gate)
        return share * inputs[1] + (1 - share) * inputs[0]
'''
