"""Weighs the actions that were not taken."""

ANSWER = "policy_loss"
LOSES = {"policy_loss_test": 1.0, "train_policy_test": 2.0}
CODE = '''\
def policy_loss(y_true, y_pred):
    """Return losses (rows,) for y_true (rows, 2), action and advantage, and logits y_pred (rows, actions)."""
    taken = keras.ops.one_hot(keras.ops.cast(y_true[:, 0], "int32"), y_pred.shape[1])
    log_probability = keras.ops.sum((1 - taken) * keras.ops.log_softmax(y_pred), axis=1)
    return -y_true[:, 1] * log_probability
'''
