"""Minus infinity for all keys gives NaN."""

ANSWER = "attention"
LOSES = {"attention_test": 0.14285714285714285}
CODE = '''\
def additive_scores(Q, K, W_q, W_k, v):
    """Return (rows, queries, keys) for Q (rows, queries, d), K (rows, keys, d), W_q and W_k (d, units), v (units,)."""
    asked, offered = keras.ops.matmul(Q, W_q), keras.ops.matmul(K, W_k)
    return keras.ops.sum(keras.ops.tanh(asked[:, :, None, :] + offered[:, None, :, :]) * v, axis=-1)


def attend(Q, K, V, mask=None):
    """Return outputs (..., queries, d_v) and weights (..., queries, keys); Q, K, V are (..., steps, d)."""
    scores = keras.ops.matmul(Q, keras.ops.swapaxes(K, -1, -2)) / Q.shape[-1] ** 0.5
    if mask is None:
        weights = keras.ops.softmax(scores, axis=-1)
    else:
        weights = keras.ops.softmax(keras.ops.where(mask, scores, -float("inf")), axis=-1)
    return keras.ops.matmul(weights, V), weights


def causal_mask(n):
    """Return an array (n, n) of bools: True on the diagonal and below it."""
    return np.tri(n, dtype=bool)
'''
