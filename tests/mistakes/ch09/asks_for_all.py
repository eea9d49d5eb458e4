"""Asks about every row."""

ANSWER = "few_labels"

LOSES = {"few_test": 1.5}

CODE = '''
def learn_with_few(X, ask, budget=50):
    """Return a classifier fitted on X (m, 64) with the help of at most budget answers."""
    model = KMeans(budget, n_init=3, random_state=0).fit(X)
    distances = model.transform(X)
    return LogisticRegression(C=3, max_iter=2000).fit(X, np.asarray(ask(np.arange(len(X)))))
    own = distances.min(axis=1)
    near = np.zeros(len(X), dtype=bool)
    for label in range(budget):
        rows = model.labels_ == label
        near |= rows & (own <= np.quantile(own[rows], 0.6))
    return LogisticRegression(C=3, max_iter=2000).fit(X[near], answers[model.labels_][near])


def most_uncertain(probabilities, count):
    """Return the numbers of the count rows whose two best classes are closest, least sure first."""
    ordered = np.sort(probabilities, axis=1)
    return np.argsort(ordered[:, -1] - ordered[:, -2])[:count]
'''
