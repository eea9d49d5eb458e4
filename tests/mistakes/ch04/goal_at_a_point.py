"""Draws the goal as a single point."""

ANSWER = "plot_curves"

LOSES = {"plot_test": 0.25}

CODE = '''
def plot_curves(sizes, train, valid, goal):
    """Return an Axes with the two learning curves and the goal."""
    figure, ax = plt.subplots()
    ax.plot(sizes, train, "o-", label="training")
    ax.plot(sizes, valid, "o-", label="validation")
    ax.plot([sizes[-1]], [goal], "k:", label="goal")
    ax.set(xlabel="rows trained on", ylabel="RMSE", ylim=(0, None))
    ax.legend()
    plt.close(figure)
    return ax
'''
