"""The state is two Python numbers, which nothing resets and no graph keeps."""

ANSWER = "metric"
LOSES = {"metric_test": 0.25, "robust_test": 1.0}
CODE = '''\
@keras.saving.register_keras_serializable("ch12")
class HuberMetric(keras.metrics.Metric):
    """The mean Huber loss of all rows seen since the last reset."""

    def __init__(self, delta=1.0, name="huber", **kwargs):
        super().__init__(name=name, **kwargs)
        self.delta = delta
        self.total = 0.0
        self.rows = 0.0

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in a batch: y_true and y_pred (rows, outputs), sample_weight (rows,) or None."""
        losses = keras.ops.mean(huber_of(self.delta)(y_true, y_pred), axis=-1)
        weights = keras.ops.ones_like(losses) if sample_weight is None else sample_weight
        weights = keras.ops.cast(weights, losses.dtype)
        self.total += keras.ops.sum(losses * weights)
        self.rows += keras.ops.sum(weights)

    def result(self):
        """Return the weighted mean as a scalar tensor."""
        return keras.ops.divide_no_nan(self.total, self.rows)

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        return {**super().get_config(), "delta": self.delta}
'''
