"""The legend calls the validation losses training."""

ANSWER = "curves"
LOSES = {"curves_test": 0.3333}
CODE = '''\
def plot_curves(curves):
    """Return an Axes with loss and val_loss of the dict curves over the number of epochs trained."""
    ends = np.arange(1, len(curves["loss"]) + 1)
    _, ax = plt.subplots()
    ax.plot(ends - 0.5, curves["loss"], label="validation")
    ax.plot(ends, curves["val_loss"], label="training")
    ax.set(xlabel="epochs", ylabel="cross-entropy")
    ax.legend()
    return ax
'''
