"""Differences are counted in eight bits."""

ANSWER = "hash_search"
LOSES = {"hash_search_test": 0.25}
HINT = "begin again at 256"
CODE = '''\
def nearest_bits(bits, queries, k):
    """Return the row numbers (m, k) of the rows of bits (n, n_bits) nearest to queries (m, n_bits)."""
    signs, wanted = (2.0 * bits - 1).astype("float32"), (2.0 * queries - 1).astype("float32")
    differing = ((bits.shape[1] - wanted @ signs.T) / 2).astype(int).astype(np.uint8)
    return np.argsort(differing, axis=1, kind="stable")[:, :k]
'''
