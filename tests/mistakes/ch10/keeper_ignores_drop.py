"""Any fall of the validation loss counts as better, however small."""

ANSWER = "best_keeper"
LOSES = {"keeper_test": 0.25}
CODE = '''\
class BestKeeper(keras.callbacks.Callback):
    """Stops a training that no longer gets better, and restores the weights of the last better epoch."""

    def __init__(self, patience=3, drop=0.01):
        super().__init__()
        self.patience = patience
        self.drop = drop

    def on_train_begin(self, logs=None):
        """Forget everything about an earlier training."""
        self.best_loss, self.best_epoch, self.best_weights, self.waited = np.inf, None, None, 0

    def on_epoch_end(self, epoch, logs=None):
        """Compare this epoch with the last better one."""
        if logs["val_loss"] < self.best_loss:
            self.best_loss, self.best_epoch, self.waited = logs["val_loss"], epoch, 0
            self.best_weights = self.model.get_weights()
        else:
            self.waited += 1
            if self.waited >= self.patience:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        """Put the weights of the last better epoch back."""
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
'''
