"""Every line is drawn twice."""

ANSWER = "plot"
LOSES = {"plot_test": 0.3333}
CODE = '''\
def plot_losses(deltas):
    """Return an Axes with the squared loss and the Huber losses of all deltas over ERRORS."""
    _, ax = plt.subplots()
    ax.plot(ERRORS, ERRORS**2 / 2, "--", label="squared")
    for delta in deltas:
        ax.plot(ERRORS, huber_of(delta)(np.zeros(81), ERRORS), label=f"delta = {delta}")
        ax.plot(ERRORS, huber_of(delta)(np.zeros(81), ERRORS), label=f"delta = {delta}")
    ax.set(xlabel="error", ylabel="loss")
    ax.legend()
    return ax
'''
