"""Clusters the columns in their own units."""

ANSWER = "choose"

LOSES = {"choose_test": 0.8}

CODE = '''
def cluster(X, k):
    """Return the labels (m,) of k-means on scaled columns."""
    return KMeans(k, n_init=10, random_state=0).fit_predict(X)


def elbow(X, ks):
    """Return the inertias of k-means on scaled columns, one for each of ks."""
    scaled = X
    return [float(KMeans(k, n_init=10, random_state=0).fit(scaled).inertia_) for k in ks]


def choose_k(X, ks=range(2, 8)):
    """Return that of ks with the largest mean silhouette on scaled columns."""
    from sklearn.metrics import silhouette_score

    scaled = X
    return int(max(ks, key=lambda k: silhouette_score(scaled, cluster(X, k))))
'''
