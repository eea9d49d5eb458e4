"""Takes the singular vectors of rows that are not centred."""

ANSWER = "streaming"

LOSES = {"randomized_test": 1.0}

CODE = '''
def save_table(path, X):
    """Write X (m, n) to a raw float32 file."""
    table = np.memmap(path, dtype="float32", mode="w+", shape=X.shape)
    table[:] = X
    table.flush()


def stream_pca(path, shape, d, size):
    """Return (mean (n,), axes (d, n)) of a raw float32 file, reading at most size rows at a time."""
    table = np.memmap(path, dtype="float32", mode="r", shape=shape)
    (m, n), centre = shape, np.array(table[:size], dtype=float).mean(axis=0)
    total, squares = np.zeros(n), np.zeros((n, n))
    for start in range(0, m, size):
        batch = np.array(table[start : start + size], dtype=float) - centre
        total += batch.sum(axis=0)
        squares += batch.T @ batch
    shift = total / m
    _, vectors = np.linalg.eigh(squares / m - np.outer(shift, shift))
    return centre + shift, vectors[:, ::-1][:, :d].T


def leading_axes(X, d, seed=0):
    """Return the first d axes (d, n) of X (m, n), found by a randomized solver."""
    from sklearn.utils.extmath import randomized_svd

    return randomized_svd(X, d, random_state=seed)[2]
'''
