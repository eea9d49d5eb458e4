"""Takes the logarithm of a softmax, which underflows."""

ANSWER = "policy_loss"
LOSES = {"policy_loss_test": 0.3333}
HINT = "instead of the logarithm of a softmax"
CODE = '''\
def policy_loss(y_true, y_pred):
    """Return losses (rows,) for y_true (rows, 2), action and advantage, and logits y_pred (rows, actions)."""
    taken = keras.ops.one_hot(keras.ops.cast(y_true[:, 0], "int32"), y_pred.shape[1])
    log_probability = keras.ops.sum(taken * keras.ops.log(keras.ops.softmax(y_pred)), axis=1)
    return -y_true[:, 1] * log_probability
'''
