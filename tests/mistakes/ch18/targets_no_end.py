"""Counts on a next state after the end."""

ANSWER = "targets"
LOSES = {"targets_test": 0.6, "train_dqn_test": 2.0}
CODE = '''\
def td_targets(rewards, terminated, next_online, next_target, gamma, double=True):
    """Return targets (rows,) for rewards and terminated (rows,) and next Q-values (rows, actions)."""
    best = (next_online if double else next_target).argmax(axis=1)
    value = next_target[np.arange(len(best)), best]
    return rewards + gamma * value


def q_loss(y_true, y_pred):
    """Return losses (rows,) for y_true (rows, 2), action and target, and Q-values y_pred (rows, actions)."""
    taken = keras.ops.one_hot(keras.ops.cast(y_true[:, 0], "int32"), y_pred.shape[1])
    error = keras.ops.abs(keras.ops.sum(taken * y_pred, axis=1) - y_true[:, 1])
    return keras.ops.where(error <= 1, error**2 / 2, error - 0.5)
'''
