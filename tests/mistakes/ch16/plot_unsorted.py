"""The chances are drawn as they come."""

ANSWER = "plot"
LOSES = {"plot_test": 0.5}
HINT = "Sort, then turn round"
CODE = '''\
def plot_temperatures(logits, temperatures):
    """Return an Axes with a line for each temperature: sorted chances over their rank."""
    _, ax = plt.subplots()
    for temperature in temperatures:
        chances = next_chances(logits, temperature)
        ax.plot(np.arange(1, len(chances) + 1), chances, ".-", label=f"{temperature}")
    ax.set(xlabel="rank", ylabel="chance")
    ax.legend(title="temperature")
    return ax
'''
