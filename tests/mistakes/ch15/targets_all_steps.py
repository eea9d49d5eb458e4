"""The metric is the mean over all steps."""

ANSWER = "targets"
LOSES = {"targets_test": 0.3333}
HINT = "y_pred[:, -1]"
CODE = '''\
def seq2seq_targets(series, length, ahead):
    """Return Y (n, length, ahead) for series (n, length + ahead, 1): Y[i, t] are the values after step t of series i."""
    steps = np.arange(length)[:, None] + 1 + np.arange(ahead)
    return series[:, steps, 0]


def matching_targets(Y, size, stride):
    """Return the targets (n, outputs, ahead) that match a convolution of this size and stride, without padding."""
    return Y[:, size - 1 :: stride]


def last_step_mse(y_true, y_pred):
    """Return the mean squared error at the last step, for (n, steps, ahead) tensors; a metric for Keras."""
    return keras.ops.mean(keras.ops.square(y_true - y_pred))
'''
