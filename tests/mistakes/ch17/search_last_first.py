"""Of equally near rows the last comes first."""

ANSWER = "hash_search"
LOSES = {"hash_search_test": 1.0}
CODE = '''\
def nearest_bits(bits, queries, k):
    """Return the row numbers (m, k) of the rows of bits (n, n_bits) nearest to queries (m, n_bits)."""
    signs, wanted = 2.0 * bits - 1, 2.0 * queries - 1
    differing = (bits.shape[1] - wanted @ signs.T) / 2
    return len(bits) - 1 - np.argsort(differing[:, ::-1], axis=1, kind="stable")[:, :k]
'''
