"""Rows all count the same."""

ANSWER = "metric"
LOSES = {"metric_test": 0.25}
CODE = '''\
@keras.saving.register_keras_serializable("ch12")
class HuberMetric(keras.metrics.Metric):
    """The mean Huber loss of all rows seen since the last reset."""

    def __init__(self, delta=1.0, name="huber", **kwargs):
        super().__init__(name=name, **kwargs)
        self.delta = delta
        self.total = self.add_weight(shape=(), initializer="zeros", name="total")
        self.rows = self.add_weight(shape=(), initializer="zeros", name="rows")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in a batch: y_true and y_pred (rows, outputs), sample_weight (rows,) or None."""
        losses = keras.ops.mean(huber_of(self.delta)(y_true, y_pred), axis=-1)
        weights = keras.ops.ones_like(losses)
        weights = keras.ops.cast(weights, losses.dtype)
        self.total.assign_add(keras.ops.sum(losses * weights))
        self.rows.assign_add(keras.ops.sum(weights))

    def result(self):
        """Return the weighted mean as a scalar tensor."""
        return keras.ops.divide_no_nan(self.total, self.rows)

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        return {**super().get_config(), "delta": self.delta}
'''
