"""The class returns one number for the batch, so rows cannot be weighed."""

ANSWER = "huber"
LOSES = {"huber_test": 0.25}
CODE = '''\
def huber_of(delta):
    """Return a loss function (y_true, y_pred) -> losses, element by element, for arrays of equal shape."""
    def huber(y_true, y_pred):
        error = keras.ops.abs(y_true - y_pred)
        return keras.ops.where(error <= delta, error**2 / 2, delta * error - delta**2 / 2)

    return huber


@keras.saving.register_keras_serializable("ch12")
class HuberLoss(keras.losses.Loss):
    """The Huber loss with threshold delta, which a saved model keeps."""

    def __init__(self, delta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.delta = delta

    def call(self, y_true, y_pred):
        """Return one loss per row, shape (rows,), for y_true and y_pred of shape (rows, outputs)."""
        return keras.ops.mean(huber_of(self.delta)(y_true, y_pred))

    def get_config(self):
        """Return a dict of all that __init__ needs."""
        return {**super().get_config(), "delta": self.delta}
'''
