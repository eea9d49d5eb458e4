"""Uses IncrementalPCA, which refuses batches with fewer rows than axes."""

ANSWER = "streaming"

LOSES = {"stream_test": 0.75}

CODE = '''
def save_table(path, X):
    """Write X (m, n) to a raw float32 file."""
    table = np.memmap(path, dtype="float32", mode="w+", shape=X.shape)
    table[:] = X
    table.flush()


def stream_pca(path, shape, d, size):
    """Return (mean (n,), axes (d, n)) of a raw float32 file, reading at most size rows at a time."""
    table = np.memmap(path, dtype="float32", mode="r", shape=shape)
    pca = IncrementalPCA(d)
    for start in range(0, shape[0], size):
        pca.partial_fit(np.array(table[start : start + size], dtype=float))
    return pca.mean_, pca.components_


def leading_axes(X, d, seed=0):
    """Return the first d axes (d, n) of X (m, n), found by a randomized solver."""
    return PCA(d, svd_solver="randomized", random_state=seed).fit(X).components_
'''
