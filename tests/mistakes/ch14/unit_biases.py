"""The convolutions have biases."""

ANSWER = "unit"
LOSES = {"unit_test": 0.2}
HINT = "No biases"
CODE = '''\
@keras.saving.register_keras_serializable("ch14")
class ResidualUnit(keras.layers.Layer):
    """Two convolutions and the way around them, for inputs (rows, height, width, channels)."""

    def __init__(self, filters, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.strides = strides

    def build(self, input_shape):
        """Make the layers of both paths."""
        layers = keras.layers
        self.first = layers.Conv2D(self.filters, 3, self.strides, padding="same")
        self.second = layers.Conv2D(self.filters, 3, padding="same")
        self.norms = [layers.BatchNormalization() for _ in range(2)]
        self.skip = []
        if self.strides > 1 or input_shape[-1] != self.filters:
            self.skip = [layers.Conv2D(self.filters, 1, self.strides, padding="same")]
            self.skip.append(layers.BatchNormalization())

    def call(self, inputs):
        """Return the maps (rows, height / strides, width / strides, filters)."""
        main = self.norms[0](self.first(inputs))
        main = self.norms[1](self.second(keras.ops.relu(main)))
        if self.skip:
            inputs = self.skip[1](self.skip[0](inputs))
        return keras.ops.relu(main + inputs)

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}
'''
