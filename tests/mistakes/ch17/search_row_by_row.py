"""A loop over queries and rows."""

ANSWER = "hash_search"
LOSES = {"hash_search_test": 0.25}
HINT = "One matrix product"
CODE = '''\
def nearest_bits(bits, queries, k):
    """Return the row numbers (m, k) of the rows of bits (n, n_bits) nearest to queries (m, n_bits)."""
    rows, wanted = bits.tolist(), queries.tolist()
    differing = np.array([[sum(a != b for a, b in zip(row, query, strict=True)) for row in rows] for query in wanted])
    return np.argsort(differing, axis=1, kind="stable")[:, :k]
'''
