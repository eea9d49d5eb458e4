"""The configuration has no activation."""

ANSWER = "my_dense"
LOSES = {"my_dense_test": 0.2}
CODE = '''\
@keras.saving.register_keras_serializable("ch12")
class MyDense(keras.layers.Layer):
    """A dense layer: every output sees every input."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        """Make the weights self.kernel (inputs, units) and self.bias (units,)."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_normal", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        """Return the outputs (..., units) for inputs (..., features)."""
        return self.activation(inputs @ self.kernel + self.bias)

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units}
'''
