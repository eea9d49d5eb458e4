"""Averages tables of probabilities column by column, whatever the columns are about."""

ANSWER = "votes"

LOSES = {"votes_test": 0.5}

CODE = '''
def hard_vote(labels, weights=None):
    """Return the winning label of each row (m,) for labels of shape (models, m)."""
    labels = np.asarray(labels)
    weights = np.ones(len(labels)) if weights is None else np.asarray(weights)
    names = np.unique(labels)
    counts = np.array([weights @ (labels == name) for name in names])
    return names[counts.argmax(axis=0)]


def soft_vote(probas, classes, weights=None):
    """Return (labels (m,), P (m, K)): winners, and mean probabilities, columns in sorted order of all labels.

    probas[i] has shape (m, K_i) and its columns belong to the labels classes[i].
    """
    weights = np.ones(len(probas)) if weights is None else weights
    names = np.unique(np.concatenate(classes))
    P = np.zeros((len(probas[0]), len(names)))
    for proba, own, weight in zip(probas, classes, weights):
        P[:, : np.shape(proba)[1]] += weight * np.asarray(proba)
    return names[P.argmax(axis=1)], P / np.sum(weights)
'''
