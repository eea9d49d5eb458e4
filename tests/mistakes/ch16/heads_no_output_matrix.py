"""The last matrix is left out."""

ANSWER = "multi_head"
LOSES = {"multi_head_test": 1}
CODE = '''\
def multi_head(Q, K, V, W_q, W_k, W_v, W_o, heads, mask=None):
    """Return (rows, queries, d) for Q (rows, queries, d), K and V (rows, keys, d), matrices (d, d), mask of attend."""
    def split(X, W):
        parts = keras.ops.reshape(keras.ops.matmul(X, W), (X.shape[0], X.shape[1], heads, -1))
        return keras.ops.transpose(parts, (0, 2, 1, 3))

    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    outputs, _ = attend(split(Q, W_q), split(K, W_k), split(V, W_v), mask)
    return keras.ops.reshape(keras.ops.transpose(outputs, (0, 2, 1, 3)), Q.shape)
'''
