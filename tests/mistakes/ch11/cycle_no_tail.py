"""The two legs take all steps, and nothing is left for the end."""

ANSWER = "one_cycle"
LOSES = {"one_cycle_test": 1.0}
CODE = '''\
def one_cycle(total, max_rate):
    """Return an array (total,) with the rate of each step."""
    half = total // 2
    corners = [max_rate / 10, max_rate, max_rate / 10, max_rate / 1000]
    return np.interp(np.arange(total), [0, half, total - 1], corners[:3])


class OneCycle(keras.callbacks.Callback):
    """Sets the learning rate of every batch of a fit to one cycle."""

    def __init__(self, max_rate):
        super().__init__()
        self.max_rate = max_rate

    def on_train_begin(self, logs=None):
        """Begin a cycle for all batches of all epochs."""
        self.rates = iter(one_cycle(self.params["epochs"] * self.params["steps"], self.max_rate))

    def on_train_batch_begin(self, batch, logs=None):
        """Set the rate of this batch; batch counts from 0 in each epoch."""
        self.model.optimizer.learning_rate = float(next(self.rates))
'''
