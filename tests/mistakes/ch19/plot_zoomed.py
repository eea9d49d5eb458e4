"""The vertical axis is cut to the data."""

ANSWER = "plot"
LOSES = {"plot_test": 0.3333}
CODE = '''\
def plot_canary(old, new):
    """Return an Axes with the shares of errors so far of both versions, each a list of (errors, requests) per day."""
    _, ax = plt.subplots()
    for label, pairs in (("old", old), ("new", new)):
        errors, requests = np.cumsum(np.array(pairs, float), axis=0).T
        shares = np.divide(100 * errors, requests, out=np.full(len(errors), np.nan), where=requests > 0)
        ax.plot(np.arange(1, len(shares) + 1), shares, marker="o", label=label)
    ax.set(xlabel="day", ylabel="errors so far (%)")
    ax.legend()
    return ax
'''
