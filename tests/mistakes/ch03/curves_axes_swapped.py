"""Draws recall over precision."""

ANSWER = "curves"

LOSES = {"curves_test": 0.3333}

CODE = '''
def plot_curves(y_true, scores):
    """Return a Figure: precision over recall on the left, the ROC curve on the right."""
    from sklearn.metrics import precision_recall_curve, roc_curve

    precision, recall, _ = precision_recall_curve(y_true, scores)
    false_rate, true_rate, _ = roc_curve(y_true, scores)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    left.plot(precision, recall)
    left.set(xlabel="recall", ylabel="precision", title="Precision and recall")
    right.plot(false_rate, true_rate)
    right.plot([0, 1], [0, 1], "k:")
    right.set(xlabel="false positive rate", ylabel="true positive rate", title="ROC")
    plt.close(figure)
    return figure
'''
