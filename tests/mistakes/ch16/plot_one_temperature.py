"""Only the first temperature is drawn."""

ANSWER = "plot"
LOSES = {"plot_test": 1}
CODE = '''\
def plot_temperatures(logits, temperatures):
    """Return an Axes with a line for each temperature: sorted chances over their rank."""
    _, ax = plt.subplots()
    for temperature in temperatures[:1]:
        chances = np.sort(next_chances(logits, temperature))[::-1]
        ax.plot(np.arange(1, len(chances) + 1), chances, ".-", label=f"{temperature}")
    ax.set(xlabel="rank", ylabel="chance")
    ax.legend(title="temperature")
    return ax
'''
