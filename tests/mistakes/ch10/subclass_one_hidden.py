"""The auxiliary output hangs on the first hidden layer instead of the second."""

ANSWER = "subclass"
LOSES = {"subclass_test": 0.3333}
CODE = '''\
class WideDeep(keras.Model):
    """Wide & deep: takes (wide, deep), returns (main, auxiliary), each of shape (rows, 1)."""

    def __init__(self, units=30, **kwargs):
        super().__init__(**kwargs)
        self.scale_wide, self.scale_deep = keras.layers.Normalization(), keras.layers.Normalization()
        self.hidden1 = keras.layers.Dense(units, activation="relu")
        self.hidden2 = keras.layers.Dense(units, activation="relu")
        self.main_head, self.aux_head = keras.layers.Dense(1), keras.layers.Dense(1)

    def call(self, inputs):
        """Return the two outputs for a pair of inputs, (rows, n_wide) and (rows, n_deep)."""
        wide, deep = inputs
        first = self.hidden1(self.scale_deep(deep))
        hidden = self.hidden2(first)
        joined = keras.ops.concatenate([self.scale_wide(wide), hidden], axis=1)
        return self.main_head(joined), self.aux_head(first)
'''
