"""Divides by gamma."""

ANSWER = "soft"

LOSES = {"soft_test": 0.25}

CODE = '''
def affinities(X, centres, gamma=1.0):
    """Return exp(-gamma * squared distance) of all rows and centres, shape (m, k)."""
    differences = X[:, None, :] - centres
    return np.exp(-(differences**2).sum(axis=2) / gamma)


def skippable(X, centres, labels):
    """Return booleans (m, k): True where the triangle inequality rules the centre out."""
    own = np.linalg.norm(X - centres[labels], axis=1)
    between = np.linalg.norm(centres[labels][:, None, :] - centres, axis=2)
    ruled_out = between >= 2 * own[:, None]
    ruled_out[np.arange(len(X)), labels] = False
    return ruled_out
'''
