"""Begins with the error after one sweep."""

ANSWER = "plot"
LOSES = {"plot_test": 0.5}
HINT = "begin with 0 sweeps"
CODE = '''\
def plot_convergence(P, R, gammas, sweeps):
    """Return an Axes with one line for each gamma: the distance from the true Q after 0 to sweeps sweeps."""
    _, ax = plt.subplots()
    for gamma in gammas:
        true = q_iteration(P, R, gamma, 2000)
        away = [np.abs(q_iteration(P, R, gamma, k) - true).max() for k in range(1, sweeps + 1)]
        ax.plot(range(1, sweeps + 1), away, label=f"gamma = {gamma}")
    ax.set(xlabel="sweeps", ylabel="largest error of Q", yscale="log")
    ax.legend()
    return ax
'''
