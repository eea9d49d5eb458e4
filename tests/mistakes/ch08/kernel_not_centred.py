"""Does not centre the kernels."""

ANSWER = "kernel_pca"

LOSES = {"kernel_test": 0.9}

CODE = '''
def rbf(A, B, gamma):
    """Return the RBF kernels (a, b) of the rows of A (a, n) and B (b, n)."""
    squares = (A**2).sum(axis=1)[:, None] + (B**2).sum(axis=1) - 2 * A @ B.T
    return np.exp(-gamma * np.maximum(squares, 0.0))


class KernelPCAByHand:
    """Kernel PCA with the RBF kernel."""

    def __init__(self, d=2, gamma=1.0):
        self.d, self.gamma = d, gamma

    def fit(self, X):
        """Find the first d axes for the rows X (m, n); return self."""
        self.X_, K = X, rbf(X, X, self.gamma)
        self.means_ = K.mean(axis=0)
        values, vectors = np.linalg.eigh(K)
        values, vectors = values[::-1][: self.d], vectors[:, ::-1][:, : self.d]
        self.scaled_ = vectors / np.sqrt(values)
        return self

    def transform(self, X):
        """Return the coordinates (rows, d), for training rows and others."""
        K = rbf(X, self.X_, self.gamma)
        return K @ self.scaled_


def best_gamma(X, X_valid, gammas, d=2):
    """Return (gamma, errors): the gamma with the smallest pre-image error, and all errors."""
    errors = []
    for gamma in gammas:
        model = KernelPCA(d, kernel="rbf", gamma=gamma, fit_inverse_transform=True, alpha=0.01).fit(X)
        back = model.inverse_transform(model.transform(X_valid))
        errors.append(float(np.mean((back - X_valid) ** 2)))
    return gammas[int(np.argmin(errors))], errors
'''
