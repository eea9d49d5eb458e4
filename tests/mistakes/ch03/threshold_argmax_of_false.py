"""Takes argmax of an array that may hold no True, and returns the lowest score then."""

ANSWER = "threshold"

LOSES = {"threshold_test": 0.25}

CODE = '''
def scores_of(model, X):
    """Return the scores (m,) of a fitted binary classifier; higher means positive."""
    if hasattr(model, "decision_function"):
        return model.decision_function(X)
    return model.predict_proba(X)[:, 1]


def threshold_for(y_true, scores, precision):
    """Return the lowest score (a float) from which on predictions have this precision."""
    from sklearn.metrics import precision_recall_curve

    precisions, _, thresholds = precision_recall_curve(y_true, scores)
    return float(thresholds[np.argmax(precisions[:-1] >= precision)])


def fit_precise(model, X, y, precision, folds):
    """Return (model trained on all rows, threshold chosen on scores from the folds); y is boolean."""
    method = "decision_function" if hasattr(model, "decision_function") else "predict_proba"
    scores = out_of_fold(model, X, y, folds, method)
    scores = scores if scores.ndim == 1 else scores[:, 1]
    return clone(model).fit(X, y), threshold_for(y, scores, precision)
'''
