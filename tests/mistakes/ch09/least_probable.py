"""Sorts by the largest probability alone."""

ANSWER = "few_labels"

LOSES = {"uncertain_test": 0.5}

CODE = '''
def learn_with_few(X, ask, budget=50):
    """Return a classifier fitted on X (m, 64) with the help of at most budget answers."""
    model = KMeans(budget, n_init=3, random_state=0).fit(X)
    distances = model.transform(X)
    answers = np.asarray(ask(distances.argmin(axis=0)))
    own = distances.min(axis=1)
    near = np.zeros(len(X), dtype=bool)
    for label in range(budget):
        rows = model.labels_ == label
        near |= rows & (own <= np.quantile(own[rows], 0.6))
    return LogisticRegression(C=3, max_iter=2000).fit(X[near], answers[model.labels_][near])


def most_uncertain(probabilities, count):
    """Return the numbers of the count rows whose two best classes are closest, least sure first."""
    ordered = np.sort(probabilities, axis=1)
    return np.argsort(ordered[:, -1])[:count]
'''
