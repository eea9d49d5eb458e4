"""The rate changes once an epoch."""

ANSWER = "one_cycle"
LOSES = {"one_cycle_test": 0.75}
CODE = '''\
def one_cycle(total, max_rate):
    """Return an array (total,) with the rate of each step."""
    half = (total - total // 10) // 2
    corners = [max_rate / 10, max_rate, max_rate / 10, max_rate / 1000]
    return np.interp(np.arange(total), [0, half, 2 * half, total - 1], corners)


class OneCycle(keras.callbacks.Callback):
    """Sets the learning rate of every batch of a fit to one cycle."""

    def __init__(self, max_rate):
        super().__init__()
        self.max_rate = max_rate

    def on_train_begin(self, logs=None):
        """Begin a cycle for all batches of all epochs."""
        self.rates = iter(one_cycle(self.params["epochs"], self.max_rate))

    def on_epoch_begin(self, batch, logs=None):
        """Set the rate of this batch; batch counts from 0 in each epoch."""
        self.model.optimizer.learning_rate = float(next(self.rates))
'''
