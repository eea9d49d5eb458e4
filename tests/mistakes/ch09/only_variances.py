"""Keeps only the variances, so every component lies along the axes."""

ANSWER = "mixture"

LOSES = {"mixture_test": 0.75}
WEAK = "rows that it did not see are as likely as under scikit-learn's mixture"

CODE = '''
def log_density(X, weights, means, covariances):
    """Return the log density (m,) of the mixture at each row."""
    from scipy.special import logsumexp

    return logsumexp(_log_parts(X, weights, means, covariances), axis=1)


def _log_parts(X, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        root = np.linalg.cholesky(covariance)
        z = np.linalg.solve(root, (X - mean).T)
        size = np.log(np.diag(root)).sum() + 0.5 * X.shape[1] * np.log(2 * np.pi)
        columns.append(np.log(weight) - size - 0.5 * (z**2).sum(axis=0))
    return np.array(columns).T


def em_step(X, weights, means, covariances):
    """Return (weights, means, covariances) after one E step and one M step."""
    log_parts = _log_parts(X, weights, means, covariances)
    return _m_step(X, np.exp(log_parts - log_density(X, weights, means, covariances)[:, None]))


def _m_step(X, r):
    totals = r.sum(axis=0)
    means = (r.T @ X) / totals[:, None]
    variances = [r[:, j] @ (X - mean) ** 2 / totals[j] for j, mean in enumerate(means)]
    return totals / len(X), means, np.array([np.diag(v + 1e-6) for v in variances])


def fit_mixture(X, k, rounds=100, seed=0):
    """Return (weights, means, covariances, list of mean log densities) after EM."""
    labels = KMeans(k, n_init=10, random_state=seed).fit_predict(X)
    found, history = _m_step(X, np.eye(k)[labels]), []
    for _ in range(rounds):
        found = em_step(X, *found)
        history.append(float(log_density(X, *found).mean()))
    return *found, history
'''
