"""Decomposes rows that were not centred."""

ANSWER = "pca"

LOSES = {"pca_fit_test": 1.125, "pca_use_test": 0.6667, "pca_plot_test": 0.4}

CODE = '''
class PCAByHand:
    """Principal component analysis by singular value decomposition."""

    def __init__(self, d=None, ratio=None):
        self.d, self.ratio = d, ratio

    def fit(self, X):
        """Find the axes of the rows of X (m, n); return self."""
        self.mean_ = X.mean(axis=0)
        _, sigma, axes = np.linalg.svd(X, full_matrices=False)
        ratios = sigma**2 / np.sum(sigma**2)
        d = self.d or len(sigma)
        if self.ratio is not None:
            d = min(int(np.searchsorted(np.cumsum(ratios), self.ratio)) + 1, len(sigma))
        largest = np.abs(axes).argmax(axis=1)
        signs = np.sign(axes[np.arange(len(axes)), largest])
        self.components_ = (axes * signs[:, None])[:d]
        self.explained_variance_ = sigma[:d] ** 2 / (len(X) - 1)
        self.explained_variance_ratio_ = ratios[:d]
        return self

    def transform(self, X):
        """Return the coordinates (m, d) of rows on the axes."""
        return (X - self.mean_) @ self.components_.T

    def inverse_transform(self, Z):
        """Return rows (m, n) with the coordinates Z (m, d)."""
        return Z @ self.components_ + self.mean_
'''
