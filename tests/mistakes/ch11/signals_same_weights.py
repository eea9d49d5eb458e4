"""Every layer gets the input of the first."""

ANSWER = "signals"
LOSES = {"signals_test": 0.25}
CODE = '''\
def propagate(X, depth, name, rule, rng):
    """Return an array (depth,): the root mean square of each layer's outputs for X (rows, width)."""
    sizes = []
    for _ in range(depth):
        H = activate(X @ draw_weights(X.shape[1], X.shape[1], rule, "normal", rng), name)
        sizes.append(np.sqrt(np.mean(H**2)))
    return np.array(sizes)


def stuck(Z, name):
    """Return an array (neurons,) of bools for Z (rows, neurons): True where no row moves the neuron."""
    s = activate(Z, name)
    slope = {"relu": (Z > 0).astype(float), "sigmoid": s * (1 - s), "tanh": 1 - s**2}[name]
    return (slope < 0.01).all(axis=0)


def plot_signals(signals):
    """Return the Axes of a new figure with one line per entry of signals, a dict from names to arrays."""
    _, ax = plt.subplots()
    for label, sizes in signals.items():
        ax.plot(np.arange(1, len(sizes) + 1), sizes, label=label)
    ax.set(yscale="log", xlabel="layer", ylabel="root mean square")
    ax.legend()
    return ax
'''
