"""All lines are called chances."""

ANSWER = "plot"
LOSES = {"plot_test": 0.5}
CODE = '''\
def plot_temperatures(logits, temperatures):
    """Return an Axes with a line for each temperature: sorted chances over their rank."""
    _, ax = plt.subplots()
    for temperature in temperatures:
        chances = np.sort(next_chances(logits, temperature))[::-1]
        ax.plot(np.arange(1, len(chances) + 1), chances, ".-", label="chances")
    ax.set(xlabel="rank", ylabel="chance")
    ax.legend(title="temperature")
    return ax
'''
