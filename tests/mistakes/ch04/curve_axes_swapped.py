"""Draws the sizes over the errors."""

ANSWER = "plot_curves"

LOSES = {"plot_test": 0.25}

CODE = '''
def plot_curves(sizes, train, valid, goal):
    """Return an Axes with the two learning curves and the goal."""
    figure, ax = plt.subplots()
    ax.plot(train, sizes, "o-", label="training")
    ax.plot(valid, sizes, "o-", label="validation")
    ax.plot([sizes[0], sizes[-1]], [goal, goal], "k:", label="goal")
    ax.set(xlabel="rows trained on", ylabel="RMSE", ylim=(0, None))
    ax.legend()
    plt.close(figure)
    return ax
'''
