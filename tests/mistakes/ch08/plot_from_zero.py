"""Numbers the axes of the plot from 0."""

ANSWER = "variance_plot"

LOSES = {"pca_plot_test": 0.4}

CODE = '''
def plot_variance(X, ratio=0.95):
    """Return an Axes with the cumulated explained variance and the number of axes that reaches ratio."""
    total = np.cumsum(PCAByHand().fit(X).explained_variance_ratio_)
    d = len(PCAByHand(ratio=ratio).fit(X).components_)
    _, ax = plt.subplots()
    ax.plot(np.arange(len(total)), total, label="cumulated")
    ax.plot([d - 1], [total[d - 1]], "o", label="chosen")
    ax.set(xlabel="axes", ylabel="explained variance")
    ax.legend()
    return ax
'''
