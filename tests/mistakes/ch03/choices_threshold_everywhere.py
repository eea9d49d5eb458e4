"""Wants another threshold where no threshold helps."""

ANSWER = "rare"

LOSES = {"choices_test": 0.2}

CODE = '''
def fit_rare(X, y):
    """Return a classifier with predict_proba, fitted to find the rare positives of X (m, 8), y (m,)."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(learning_rate=0.05, max_iter=150, max_leaf_nodes=15, random_state=0)
    return model.fit(X, y)


FAULTS = {"A": None, "B": None, "C": None, "D": None}
CURVES = {"E": None, "F": None}
FAULTS = {"A": "threshold", "B": "threshold", "C": "comparison", "D": "validation"}
CURVES = {"E": "pr", "F": "roc"}
'''
