"""Each replica divides by its own number of rows."""

ANSWER = "parallel"
LOSES = {"parallel_test": 0.6667}
HINT = "a mean of means"
CODE = '''\
def replica_gradient(w, X, y, l2, global_batch, replicas):
    """Return this replica's part (features,) of the gradient; X (rows, features) and y (rows,) are its own rows."""
    return 2 / max(len(X), 1) / replicas * X.T @ (X @ w - y) + 2 * l2 / replicas * w


def ring_all_reduce(vectors):
    """Return (sums, sent): a list of arrays like vectors, each the sum of all, and a list of int, numbers sent."""
    n = len(vectors)
    chunks = [[part.copy() for part in np.array_split(np.asarray(v), n)] for v in vectors]
    sent = [0] * n
    for step in range(2 * (n - 1)):
        out = [(step, i, (i - step) % n if step < n - 1 else (i + 1 - (step - n + 1)) % n) for i in range(n)]
        messages = [chunks[i][c] for _, i, c in out]
        for (_, i, c), message in zip(out, messages, strict=True):
            there = (i + 1) % n
            chunks[there][c] = chunks[there][c] + message if step < n - 1 else message.copy()
            sent[i] += len(message)
    return [np.concatenate(parts) for parts in chunks], sent
'''
