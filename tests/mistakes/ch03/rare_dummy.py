"""Never predicts a rare part, which is right 98 times in 100."""

ANSWER = "rare"

LOSES = {"rare_test": 1.0}

CODE = '''
def fit_rare(X, y):
    """Return a classifier with predict_proba, fitted to find the rare positives of X (m, 8), y (m,)."""
    from sklearn.dummy import DummyClassifier

    model = DummyClassifier()
    return model.fit(X, y)


FAULTS = {"A": None, "B": None, "C": None, "D": None}
CURVES = {"E": None, "F": None}
FAULTS = {"A": "metric", "B": "threshold", "C": "comparison", "D": "validation"}
CURVES = {"E": "pr", "F": "roc"}
'''
