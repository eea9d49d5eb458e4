"""Epochs are numbered from 0, so everything stands one epoch too early."""

ANSWER = "curves"
LOSES = {"curves_test": 0.6667}
CODE = '''\
def plot_curves(curves):
    """Return an Axes with loss and val_loss of the dict curves over the number of epochs trained."""
    ends = np.arange(len(curves["loss"]))
    _, ax = plt.subplots()
    ax.plot(ends - 0.5, curves["loss"], label="training")
    ax.plot(ends, curves["val_loss"], label="validation")
    ax.set(xlabel="epochs", ylabel="cross-entropy")
    ax.legend()
    return ax
'''
