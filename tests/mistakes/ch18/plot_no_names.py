"""The axes have no names."""

ANSWER = "plot"
LOSES = {"plot_test": 0.5}
CODE = '''\
def plot_convergence(P, R, gammas, sweeps):
    """Return an Axes with one line for each gamma: the distance from the true Q after 0 to sweeps sweeps."""
    _, ax = plt.subplots()
    for gamma in gammas:
        true = q_iteration(P, R, gamma, 2000)
        away = [np.abs(q_iteration(P, R, gamma, k) - true).max() for k in range(sweeps + 1)]
        ax.plot(range(sweeps + 1), away, label=f"gamma = {gamma}")
    ax.set(yscale="log")
    ax.legend()
    return ax
'''
