"""The inner layer is linear, so the block is too."""

ANSWER = "residual"
LOSES = {"rebuilding_test": 0.6}
CODE = '''\
@keras.saving.register_keras_serializable("ch12")
class ResidualBlock(keras.layers.Layer):
    """Two dense layers, and a way around them."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        """Make and build self.inner and self.outer."""
        self.inner = keras.layers.Dense(self.units)
        self.outer = keras.layers.Dense(input_shape[-1])
        self.inner.build(input_shape)
        self.outer.build((*input_shape[:-1], self.units))

    def call(self, inputs):
        """Return the inputs (rows, features) plus what the two layers make of them."""
        return inputs + self.outer(self.inner(inputs))
'''
