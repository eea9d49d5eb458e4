"""The layers that scale are made and never used."""

ANSWER = "subclass"
LOSES = {"subclass_test": 0.6667}
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
        hidden = self.hidden2(self.hidden1(deep))
        joined = keras.ops.concatenate([wide, hidden], axis=1)
        return self.main_head(joined), self.aux_head(hidden)
'''
