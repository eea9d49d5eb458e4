"""Takes the middle label instead of the most frequent one."""

ANSWER = "votes"

LOSES = {"votes_test": 0.25}

CODE = '''
def hard_vote(labels, weights=None):
    """Return the winning label of each row (m,) for labels of shape (models, m)."""
    labels = np.asarray(labels)
    weights = np.ones(len(labels)) if weights is None else np.asarray(weights)
    names = np.unique(labels)
    codes = np.searchsorted(names, labels)
    return names[np.median(codes, axis=0).astype(int)]


def soft_vote(probas, classes, weights=None):
    """Return (labels (m,), P (m, K)): winners, and mean probabilities, columns in sorted order of all labels.

    probas[i] has shape (m, K_i) and its columns belong to the labels classes[i].
    """
    weights = np.ones(len(probas)) if weights is None else weights
    names = np.unique(np.concatenate(classes))
    P = np.zeros((len(probas[0]), len(names)))
    for proba, own, weight in zip(probas, classes, weights):
        P[:, np.searchsorted(names, own)] += weight * np.asarray(proba)
    return names[P.argmax(axis=1)], P / np.sum(weights)
'''
