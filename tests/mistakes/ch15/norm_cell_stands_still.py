"""The state never changes."""

ANSWER = "norm_cell"
LOSES = {"norm_cell_test": 0.3333}
CODE = '''\
class NormCell(keras.layers.Layer):
    """A cell for keras.layers.RNN: weighted sums of inputs and state, layer normalisation, tanh."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.state_size = units
        self.output_size = units
        self.sums = keras.layers.SimpleRNNCell(units, activation=None)
        self.norm = keras.layers.LayerNormalization()

    def build(self, input_shape):
        """Make the weights of both parts."""
        self.sums.build(input_shape)
        self.norm.build((input_shape[0], self.state_size))

    def call(self, inputs, states):
        """Return the output (rows, units) and the list of new states."""
        sums, _ = self.sums(inputs, states)
        output = keras.ops.tanh(self.norm(sums))
        return output, states
'''
