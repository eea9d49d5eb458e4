"""A mask gets no axis for the heads."""

ANSWER = "multi_head"
LOSES = {"multi_head_test": 0.3333333333333333}
HINT = "an axis for the heads"
CODE = '''\
def multi_head(Q, K, V, W_q, W_k, W_v, W_o, heads, mask=None):
    """Return (rows, queries, d) for Q (rows, queries, d), K and V (rows, keys, d), matrices (d, d), mask of attend."""
    def split(X, W):
        parts = keras.ops.reshape(keras.ops.matmul(X, W), (X.shape[0], X.shape[1], heads, -1))
        return keras.ops.transpose(parts, (0, 2, 1, 3))

    outputs, _ = attend(split(Q, W_q), split(K, W_k), split(V, W_v), mask)
    return keras.ops.matmul(keras.ops.reshape(keras.ops.transpose(outputs, (0, 2, 1, 3)), Q.shape), W_o)
'''
