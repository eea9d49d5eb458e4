"""The first vector is where the sum is added up."""

ANSWER = "parallel"
LOSES = {"parallel_test": 0.3333}
CODE = '''\
def replica_gradient(w, X, y, l2, global_batch, replicas):
    """Return this replica's part (features,) of the gradient; X (rows, features) and y (rows,) are its own rows."""
    return 2 / global_batch * X.T @ (X @ w - y) + 2 * l2 / replicas * w

def ring_all_reduce(vectors):
    """Return (sums, sent): a list of arrays like vectors, each the sum of all, and a list of int, numbers sent."""
    n, length = len(vectors), len(vectors[0])
    for vector in vectors[1:]:
        vectors[0] += vector
    sent = [2 * (n - 1) * length // n] * n
    sent[0] += 2 * (n - 1) * length - sum(sent)
    return [vectors[0].copy() for _ in vectors], sent
'''
