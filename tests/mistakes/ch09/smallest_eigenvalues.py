"""Takes the eigenvectors of the smallest eigenvalues."""

ANSWER = "spectral"

LOSES = {"spectral_test": 1}

CODE = '''
def spectral(X, k, gamma=1.0, seed=0):
    """Return the labels (m,) of spectral clustering."""
    from sklearn.metrics import pairwise_distances

    A = np.exp(-gamma * pairwise_distances(X, metric="sqeuclidean"))
    d = np.sqrt(A.sum(axis=1))
    _, vectors = np.linalg.eigh(A / np.outer(d, d))
    rows = vectors[:, :k]
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return KMeans(k, n_init=10, random_state=seed).fit_predict(rows)
'''
