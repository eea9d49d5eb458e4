"""Takes the mean of the labels for the vote."""

ANSWER = "forest"

LOSES = {"forest_test": 0.6667}

CODE = '''
def tune_tree(X, y, seed=0):
    """Return the best of at least ten trees by cross-validation, trained on X and y."""
    from sklearn.model_selection import GridSearchCV

    grid = {"max_leaf_nodes": [4, 8, 16, 32, 64], "min_samples_leaf": [1, 5, 20]}
    return GridSearchCV(DecisionTreeClassifier(random_state=seed), grid, cv=3).fit(X, y).best_estimator_


def grow_forest(X, y, n_trees=100, rows=100, seed=0):
    """Return a list of small trees, each trained on other rows of X and y."""
    rng, trees = np.random.default_rng(seed), []
    for _ in range(n_trees):
        drawn = rng.choice(len(X), size=rows, replace=False)
        trees.append(DecisionTreeClassifier(max_leaf_nodes=16, random_state=0).fit(X[drawn], y[drawn]))
    return trees


def vote(trees, X):
    """Return the most frequent label (m,) that the trees give each row; the smallest of several."""
    predictions = np.array([tree.predict(X) for tree in trees])
    labels = np.unique(predictions)
    return predictions.mean(axis=0)


def disagreement(predictions):
    """Return the share of pairs of trees that disagree, averaged over the rows; predictions is (trees, m)."""
    T = len(predictions)
    counts = np.array([(predictions == label).sum(axis=0) for label in np.unique(predictions)])
    return float(1 - np.mean((counts * (counts - 1)).sum(axis=0)) / (T * (T - 1)))
'''
