"""Leaves the weights of the models out."""

ANSWER = "votes"

LOSES = {"votes_test": 0.75}

CODE = '''
def hard_vote(labels, weights=None):
    """Return the winning label of each row (m,) for labels of shape (models, m)."""
    labels = np.asarray(labels)
    weights = np.ones(len(labels))
    names = np.unique(labels)
    counts = np.array([weights @ (labels == name) for name in names])
    return names[counts.argmax(axis=0)]


def soft_vote(probas, classes, weights=None):
    """Return (labels (m,), P (m, K)): winners, and mean probabilities, columns in sorted order of all labels.

    probas[i] has shape (m, K_i) and its columns belong to the labels classes[i].
    """
    weights = np.ones(len(probas))
    names = np.unique(np.concatenate(classes))
    P = np.zeros((len(probas[0]), len(names)))
    for proba, own, weight in zip(probas, classes, weights):
        P[:, np.searchsorted(names, own)] += weight * np.asarray(proba)
    return names[P.argmax(axis=1)], P / np.sum(weights)
'''
