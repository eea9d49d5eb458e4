"""The loss of rebuilding is computed nowhere."""

ANSWER = "rebuilding"
LOSES = {"rebuilding_test": 0.2, "train_rebuilding_test": 0.5}
CODE = '''\
@keras.saving.register_keras_serializable("ch12")
class RebuildingNet(keras.Model):
    """Predicts one number, and can rebuild its n_features inputs from what its block gives."""

    def __init__(self, n_features, units=32, weight=0.05, **kwargs):
        super().__init__(**kwargs)
        self.n_features, self.units, self.weight = n_features, units, weight
        self.first = keras.layers.Dense(units, activation="relu")
        self.block = ResidualBlock(units)
        self.head, self.rebuild = keras.layers.Dense(1), keras.layers.Dense(n_features)

    def call(self, inputs):
        """Return predictions (rows, 1), and add the loss of rebuilding."""
        hidden = self.block(self.first(inputs))
        self.rebuild(hidden)
        return self.head(hidden)

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        mine = {"n_features": self.n_features, "units": self.units, "weight": self.weight}
        return {**super().get_config(), **mine}
'''
