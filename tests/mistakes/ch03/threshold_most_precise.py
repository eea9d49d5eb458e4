"""Returns the threshold with the highest precision instead of the lowest that is enough."""

ANSWER = "threshold"

LOSES = {"threshold_test": 0.75, "precise_model_test": 0.25}

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
    enough = np.flatnonzero(precisions[:-1] >= precision)
    if len(enough) == 0:
        raise ValueError(f"No threshold reaches a precision of {precision}.")
    return float(thresholds[np.argmax(precisions[:-1])])


def fit_precise(model, X, y, precision, folds):
    """Return (model trained on all rows, threshold chosen on scores from the folds); y is boolean."""
    method = "decision_function" if hasattr(model, "decision_function") else "predict_proba"
    scores = out_of_fold(model, X, y, folds, method)
    scores = scores if scores.ndim == 1 else scores[:, 1]
    return clone(model).fit(X, y), threshold_for(y, scores, precision)
'''
