"""Trains on as many good parts as broken ones, so that every second part seems to break."""

ANSWER = "rare"

LOSES = {"rare_test": 0.5}

CODE = '''
def fit_rare(X, y):
    """Return a classifier with predict_proba, fitted to find the rare positives of X (m, 8), y (m,)."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(learning_rate=0.05, max_iter=150, max_leaf_nodes=15, random_state=0)
    broken, good = np.flatnonzero(y), np.flatnonzero(~y)
    rows = np.r_[broken, np.random.default_rng(0).permutation(good)[: len(broken)]]
    return model.fit(X[rows], y[rows])


FAULTS = {"A": None, "B": None, "C": None, "D": None}
CURVES = {"E": None, "F": None}
FAULTS = {"A": "metric", "B": "threshold", "C": "comparison", "D": "validation"}
CURVES = {"E": "pr", "F": "roc"}
'''
