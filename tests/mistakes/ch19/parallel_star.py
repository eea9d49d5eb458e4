"""All send to one, which sends the sum back."""

ANSWER = "parallel"
LOSES = {"parallel_test": 0.3333}
CODE = '''\
def replica_gradient(w, X, y, l2, global_batch, replicas):
    """Return this replica's part (features,) of the gradient; X (rows, features) and y (rows,) are its own rows."""
    return 2 / global_batch * X.T @ (X @ w - y) + 2 * l2 / replicas * w

def ring_all_reduce(vectors):
    """Return (sums, sent): a list of arrays like vectors, each the sum of all, and a list of int, numbers sent."""
    n, total = len(vectors), np.sum(vectors, axis=0)
    return [total.copy() for _ in vectors], [(n - 1) * len(total)] + [len(total)] * (n - 1)
'''
