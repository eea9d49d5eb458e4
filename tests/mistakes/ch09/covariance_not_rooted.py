"""Multiplies noise by the covariance."""

ANSWER = "mixture_use"

LOSES = {"mixture_use_test": 0.4}

CODE = '''
def criteria(X, weights, means, covariances):
    """Return (AIC, BIC) of the mixture on X; lower is better."""
    k, n = means.shape
    p = k - 1 + k * n + k * n * (n + 1) // 2
    likelihood = log_density(X, weights, means, covariances).sum()
    return float(2 * p - 2 * likelihood), float(p * np.log(len(X)) - 2 * likelihood)


def draw_rows(weights, means, covariances, m, seed=0):
    """Return m new rows (m, n) drawn from the mixture."""
    rng = np.random.default_rng(seed)
    part = rng.choice(len(weights), size=m, p=weights)
    roots = np.asarray(covariances)
    return means[part] + np.einsum("mij,mj->mi", roots[part], rng.normal(size=(m, means.shape[1])))


def components_used(X, at_most=8):
    """Return how many components of a Bayesian mixture have weight 0.02 or more."""
    from sklearn.mixture import BayesianGaussianMixture

    model = BayesianGaussianMixture(
        n_components=at_most, weight_concentration_prior=0.01, n_init=3, max_iter=2000, random_state=0
    ).fit(X)
    return int((model.weights_ >= 0.02).sum())
'''
