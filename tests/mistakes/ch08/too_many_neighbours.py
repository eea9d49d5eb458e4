"""Takes so many neighbours that paths jump between layers."""

ANSWER = "unrolling"

LOSES = {"unroll_test": 0.75}

CODE = '''
def classical_mds(D, d=2):
    """Return coordinates (m, d) whose distances are near those of D (m, m)."""
    squares = D**2
    means = squares.mean(axis=0)
    values, vectors = np.linalg.eigh(-(squares - means - means[:, None] + squares.mean()) / 2)
    return vectors[:, ::-1][:, :d] * np.sqrt(np.maximum(values[::-1][:d], 0.0))


def along(X, k=8):
    """Return the lengths (m, m) of shortest paths over the k nearest neighbours of each row."""
    from scipy.sparse.csgraph import shortest_path

    return shortest_path(kneighbors_graph(X, k, mode="distance"), directed=False)


def unroll(X):
    """Return a flat picture (m, 2) of a rolled carpet X (m, 3)."""
    return Isomap(n_neighbors=100, n_components=2).fit_transform(X)


def draw_digits(X, y, seed=0):
    """Return an Axes with a t-SNE scatter plot of X (m, n), coloured by y (m,)."""
    flat = PCA(30, random_state=seed).fit_transform(X)
    Z = TSNE(2, perplexity=20, max_iter=500, random_state=seed).fit_transform(flat)
    _, ax = plt.subplots()
    ax.scatter(Z[:, 0], Z[:, 1], c=y, cmap="tab10", s=8)
    return ax
'''
