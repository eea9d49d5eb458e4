"""Uses balanced logistic regression, which cannot use a product of columns."""

ANSWER = "rare"

LOSES = {"rare_test": 1.0}

CODE = '''
def fit_rare(X, y):
    """Return a classifier with predict_proba, fitted to find the rare positives of X (m, 8), y (m,)."""
    model = LogisticRegression(class_weight="balanced")
    return model.fit(X, y)


FAULTS = {"A": None, "B": None, "C": None, "D": None}
CURVES = {"E": None, "F": None}
FAULTS = {"A": "metric", "B": "threshold", "C": "comparison", "D": "validation"}
CURVES = {"E": "pr", "F": "roc"}
'''
