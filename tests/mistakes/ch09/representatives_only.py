"""Asks about representatives, and learns from these rows alone."""

ANSWER = "few_labels"

LOSES = {"few_test": 0.5}

CODE = '''
def learn_with_few(X, ask, budget=50):
    """Return a classifier fitted on X (m, 64) with the help of at most budget answers."""
    model = KMeans(budget, n_init=3, random_state=0).fit(X)
    rows = model.transform(X).argmin(axis=0)
    return LogisticRegression(C=3, max_iter=2000).fit(X[rows], ask(rows))


def most_uncertain(probabilities, count):
    """Return the numbers of the count rows whose two best classes are closest, least sure first."""
    ordered = np.sort(probabilities, axis=1)
    return np.argsort(ordered[:, -1] - ordered[:, -2])[:count]
'''
