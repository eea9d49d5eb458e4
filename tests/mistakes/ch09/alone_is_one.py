"""Gives a row alone in its cluster 1."""

ANSWER = "silhouette"

LOSES = {"silhouette_test": 0.25}

CODE = '''
def silhouettes(X, labels):
    """Return the silhouette of each row, shape (m,)."""
    from sklearn.metrics import pairwise_distances

    _, place = np.unique(labels, return_inverse=True)
    members = np.eye(place.max() + 1)[place]
    counts = members.sum(axis=0)
    sums = pairwise_distances(X) @ members
    rows = np.arange(len(X))
    a = sums[rows, place] / np.maximum(counts[place] - 1, 1)
    means = sums / counts
    means[rows, place] = np.inf
    b = means.min(axis=1)
    return np.where(counts[place] > 1, (b - a) / np.maximum(np.maximum(a, b), 1e-300), 1.0)


def plot_diagram(X, labels):
    """Draw the silhouette diagram as bars with the mean as a dashed line; return the Axes."""
    values = silhouettes(X, labels)
    order = np.lexsort((-values, labels))
    _, ax = plt.subplots(figsize=(6, 3))
    ax.bar(np.arange(len(X)), values[order], width=1.0)
    ax.axhline(values.mean(), color="k", linestyle="--")
    ax.set_ylabel("silhouette")
    return ax
'''
