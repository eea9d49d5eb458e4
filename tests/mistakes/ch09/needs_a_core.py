"""Fails when no row is dense."""

ANSWER = "dbscan"

LOSES = {"dbscan_new_test": 0.25}

CODE = '''
def dbscan(X, eps, min_samples=5):
    """Return (labels (m,), core (m,)): clusters of dense rows, -1 for noise."""
    from scipy.sparse.csgraph import connected_components

    graph = NearestNeighbors(radius=eps).fit(X).radius_neighbors_graph(X)
    core = np.asarray(graph.sum(axis=1)).ravel() >= min_samples
    labels = np.full(len(X), -1)
    if core.any():
        _, place = connected_components(graph[core][:, core], directed=False)
        _, first, number = np.unique(place, return_index=True, return_inverse=True)
        labels[core] = np.argsort(np.argsort(first))[number]
    return dbscan_predict(X, X, labels, core, eps), core


def dbscan_predict(X_new, X, labels, core, eps):
    """Return for each new row the label of its nearest core row, or -1 if that is farther than eps."""
    distances, nearest = NearestNeighbors(n_neighbors=1).fit(X[core]).kneighbors(X_new)
    return np.where(distances[:, 0] <= eps, labels[core][nearest[:, 0]], -1)
'''
