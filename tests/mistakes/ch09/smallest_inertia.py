"""Chooses the number of groups with the smallest inertia."""

ANSWER = "choose"

LOSES = {"choose_test": 0.4}

CODE = '''
def cluster(X, k):
    """Return the labels (m,) of k-means on scaled columns."""
    return KMeans(k, n_init=10, random_state=0).fit_predict(StandardScaler().fit_transform(X))


def elbow(X, ks):
    """Return the inertias of k-means on scaled columns, one for each of ks."""
    scaled = StandardScaler().fit_transform(X)
    return [float(KMeans(k, n_init=10, random_state=0).fit(scaled).inertia_) for k in ks]


def choose_k(X, ks=range(2, 8)):
    """Return that of ks with the largest mean silhouette on scaled columns."""
    from sklearn.metrics import silhouette_score

    scaled = StandardScaler().fit_transform(X)
    return int(min(ks, key=lambda k: elbow(X, [k])[0]))
'''
