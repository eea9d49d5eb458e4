"""Only the last order is drawn, in a figure of its own."""

ANSWER = "plot"
LOSES = {"x": 1}
CODE = '''\
def plot_orders(orders):
    """Return an Axes with a scatter for each entry of orders, {buffer size: list of numbers}."""
    for size, order in orders.items():
        _, ax = plt.subplots()
        ax.scatter(np.arange(len(order)), order, s=9, label=f"buffer {size}")
    ax.set(xlabel="place in the result", ylabel="number of the row")
    ax.legend()
    return ax
'''
