"""Draws start centres by distances that are not squared."""

ANSWER = "kmeans"

LOSES = {"kmeans_test": 0.6}

CODE = '''
def lloyd(X, centres, rounds=100):
    """Return (centres (k, n), labels (m,), list of inertias) after Lloyd's algorithm from these centres."""
    centres, inertias = centres.astype(float), []
    for _ in range(rounds):
        distances = _squares(X, centres)
        labels = distances.argmin(axis=1)
        cost = distances.min(axis=1)
        inertias.append(float(cost.sum()))
        members = np.eye(len(centres))[labels]
        counts = members.sum(axis=0)
        moved = (members.T @ X) / np.maximum(counts, 1)[:, None]
        empty = np.flatnonzero(counts == 0)
        moved[empty] = X[np.argsort(-cost)[: len(empty)]]
        if np.allclose(moved, centres, rtol=0, atol=1e-12):
            break
        centres = moved
    return centres, _squares(X, centres).argmin(axis=1), inertias


def _squares(X, centres):
    squares = (X**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1) - 2 * X @ centres.T
    return np.maximum(squares, 0)


def seed_centres(X, k, seed=0):
    """Return k rows of X as start centres, drawn by k-means++."""
    rng = np.random.default_rng(seed)
    centres = X[[rng.integers(len(X))]]
    while len(centres) < k:
        weights = _squares(X, centres).min(axis=1)
        centres = np.vstack([centres, X[rng.choice(len(X), p=np.sqrt(weights) / np.sqrt(weights).sum())]])
    return centres


def kmeans(X, k, n_init=10, seed=0):
    """Return (centres, labels, inertia) of the best of n_init runs."""
    runs = [lloyd(X, seed_centres(X, k, seed + run)) for run in range(n_init)]
    centres, labels, inertias = min(runs, key=lambda run: run[2][-1])
    return centres, labels, inertias[-1]
'''
