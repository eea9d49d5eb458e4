"""The bias is added after the activation."""

ANSWER = "tied"
LOSES = {"tied_test": 0.25}
CODE = '''\
class DenseTranspose(layers.Layer):
    """A dense layer with the transposed kernel of another one."""

    def __init__(self, dense, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.dense = dense
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        """Make self.bias, one number for each input of the other layer."""
        self.bias = self.add_weight(shape=(self.dense.kernel.shape[0],), initializer="zeros", name="bias")

    def call(self, inputs):
        """Return the outputs (rows, features) for codes (rows, units)."""
        return self.activation(inputs @ ops.transpose(self.dense.kernel)) + self.bias
'''
