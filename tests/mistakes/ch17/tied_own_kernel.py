"""The layer has a kernel of its own."""

ANSWER = "tied"
LOSES = {"tied_test": 1.0}
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
        self.kernel = self.add_weight(shape=(input_shape[-1], self.dense.kernel.shape[0]), name="kernel")

    def call(self, inputs):
        """Return the outputs (rows, features) for codes (rows, units)."""
        return self.activation(inputs @ self.kernel + self.bias)
'''
