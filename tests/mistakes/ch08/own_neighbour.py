"""Counts every row among its own neighbours in the mean."""

ANSWER = "curse"

LOSES = {"curse_test": 0.75}

CODE = '''
def border_share(d, margin):
    """Return the share of the volume of a d-dimensional unit cube within margin of its border."""
    return 1.0 - (1.0 - 2.0 * margin) ** d


def rows_needed(d, step):
    """Return the number of points (an int) of a grid with this step in a d-dimensional unit cube."""
    return (round(1 / step) + 1) ** d


def contrast(X):
    """Return the mean over rows of X (m, d) of nearest distance / mean distance to the others."""
    distances = squareform(pdist(X))
    mean = distances.mean(axis=1)
    np.fill_diagonal(distances, np.inf)
    return float(np.mean(distances.min(axis=1) / mean))
'''
