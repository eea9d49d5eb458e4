"""Takes the arithmetic mean of precision and recall for F1."""

ANSWER = "metrics"

LOSES = {"report_test": 0.25, "labels_test": 0.4}

CODE = '''
def confusion(y_true, y_pred, n_classes):
    """Return counts (n_classes, n_classes): row is the true class, column the predicted one."""
    cell = np.asarray(y_true, dtype=np.int64) * n_classes + y_pred
    return np.bincount(cell, minlength=n_classes**2).reshape(n_classes, n_classes)


def report(y_true, y_pred):
    """Return a dict with precision, recall, specificity and f1 of two boolean arrays (m,)."""
    (tn, fp), (fn, tp) = confusion(y_true, np.asarray(y_pred, dtype=np.int64), 2).tolist()

    def ratio(part, whole):
        return part / whole if whole else 0.0

    return {
        "precision": ratio(tp, tp + fp),
        "recall": ratio(tp, tp + fn),
        "specificity": ratio(tn, tn + fp),
        "f1": (ratio(tp, tp + fp) + ratio(tp, tp + fn)) / 2,
    }


def roc_auc(y_true, scores):
    """Return the area under the ROC curve (a float) of booleans (m,) and scores (m,)."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    positives = int(np.sum(y_true))
    surplus = ranks[np.asarray(y_true)].sum() - positives * (positives + 1) / 2
    return float(surplus / (positives * (len(y_true) - positives)))
'''
