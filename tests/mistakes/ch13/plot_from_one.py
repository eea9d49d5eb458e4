"""Places are counted from 1."""

ANSWER = "plot"
LOSES = {"plot_test": 0.5}
CODE = '''\
def plot_orders(orders):
    """Return an Axes with a scatter for each entry of orders, {buffer size: list of numbers}."""
    _, ax = plt.subplots()
    for size, order in orders.items():
        ax.scatter(np.arange(1, len(order) + 1), order, s=9, label=f"buffer {size}")
    ax.set(xlabel="place in the result", ylabel="number of the row")
    ax.legend()
    return ax
'''
