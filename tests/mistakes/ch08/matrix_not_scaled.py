"""Forgets the root of d."""

ANSWER = "random_projection"

LOSES = {"projection_test": 0.9}

CODE = '''
def jl_dim(m, eps):
    """Return the number of dimensions (an int) that keeps the distances of m rows within 1 +- eps."""
    return int(np.ceil(4 * np.log(m) / (eps**2 / 2 - eps**3 / 3)))


def distortion(X, Z):
    """Return (smallest, largest) ratio of distances after / before, over all pairs of rows."""
    ratios = pdist(Z) / pdist(X)
    return float(ratios.min()), float(ratios.max())


class RandomProjection:
    """Projection on d random directions."""

    def __init__(self, d, density=None, seed=0):
        self.d, self.density, self.seed = d, density, seed

    def fit(self, X):
        """Draw matrix_ (d, n) for rows like those of X (m, n); return self."""
        rng, shape = np.random.default_rng(self.seed), (self.d, X.shape[1])
        if self.density is None:
            self.matrix_ = rng.normal(size=shape)
        else:
            signs = rng.choice([-1.0, 1.0], size=shape) * (rng.random(shape) < self.density)
            self.matrix_ = signs / np.sqrt(self.density)
        return self

    def transform(self, X):
        """Return the projected rows (m, d)."""
        return X @ self.matrix_.T

    def inverse_transform(self, Z):
        """Return the shortest rows (m, n) that are projected on Z (m, d)."""
        return Z @ np.linalg.pinv(self.matrix_).T
'''
