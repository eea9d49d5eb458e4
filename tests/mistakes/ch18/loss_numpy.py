"""Computes in NumPy, which has no slopes."""

ANSWER = "policy_loss"
LOSES = {"policy_loss_test": 0.3333, "train_policy_test": 2.0}
HINT = "Only keras.ops can be differentiated"
CODE = '''\
def policy_loss(y_true, y_pred):
    """Return losses (rows,) for y_true (rows, 2), action and advantage, and logits y_pred (rows, actions)."""
    taken = keras.ops.one_hot(keras.ops.cast(y_true[:, 0], "int32"), y_pred.shape[1])
    Z = np.asarray(y_pred)
    Z = Z - Z.max(axis=1, keepdims=True)
    logs = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return keras.ops.convert_to_tensor(-np.asarray(y_true)[:, 1] * (np.asarray(taken) * logs).sum(axis=1))
'''
