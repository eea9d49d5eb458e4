"""The accuracies are drawn into the same axes as the losses."""

ANSWER = "curves"
LOSES = {"curves_test": 0.3333}
CODE = '''\
def plot_curves(curves):
    """Return an Axes with loss and val_loss of the dict curves over the number of epochs trained."""
    ends = np.arange(1, len(curves["loss"]) + 1)
    _, ax = plt.subplots()
    ax.plot(ends - 0.5, curves["loss"], label="training")
    ax.plot(ends, curves["val_loss"], label="validation")
    ax.set(xlabel="epochs", ylabel="cross-entropy")
    ax.plot(ends, curves.get("val_accuracy", ends), label="accuracy")
    ax.legend()
    return ax
'''
