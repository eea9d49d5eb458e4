"""Trains on the rows as they were."""

ANSWER = "rotation"

LOSES = {"rotation_test": 0.5}

CODE = '''
def rotate(X, degrees):
    """Return X (m, 2) turned counterclockwise around the origin."""
    angle = np.deg2rad(degrees)
    R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return X @ R.T


def leaf_counts(X, y, angles):
    """Return the number of leaves of a tree on the rows turned by each angle, a list."""
    return [int(DecisionTreeClassifier(random_state=0).fit(X, y).get_n_leaves()) for a in angles]


def pca_tree(max_leaf_nodes=8):
    """Return an untrained pipeline: PCA, then a classification tree."""
    return make_pipeline(PCA(), DecisionTreeClassifier(max_leaf_nodes=max_leaf_nodes, random_state=0))
'''
