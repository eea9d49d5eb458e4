"""Divides by the sums of the columns, the predicted classes."""

ANSWER = "mixups"

LOSES = {"mixups_test": 1.0}

CODE = '''
def confusion_rates(y_true, y_pred, n_classes, errors_only=False):
    """Return rates (n_classes, n_classes); every row with entries sums to 1."""
    counts = confusion(y_true, y_pred, n_classes).astype(float)
    if errors_only:
        np.fill_diagonal(counts, 0)
    return counts / np.maximum(counts.sum(axis=0, keepdims=True), 1)


def worst_mixup(y_true, y_pred, n_classes):
    """Return (true class, predicted class) of the confusion that hits the largest share of its class."""
    rates = confusion_rates(y_true, y_pred, n_classes)
    np.fill_diagonal(rates, -1)
    row, column = np.unravel_index(rates.argmax(), rates.shape)
    return int(row), int(column)
'''
