"""Every step is forecast from the same window."""

ANSWER = "several"
LOSES = {"several_test": 0.25}
CODE = '''\
def forecast_iterated(predict_one, X, ahead):
    """Return forecasts (n, ahead) that predict_one makes step by step for windows X (n, length, 1)."""
    window, values = X, []
    for _ in range(ahead):
        values.append(np.asarray(predict_one(window)))
    return np.concatenate(values, axis=1)


def mc_forecast(model, X, samples=30):
    """Return (mean, sd), each shaped like model(X), of so many forecasts with dropout on."""
    stack = np.array([keras.ops.convert_to_numpy(model(X, training=True)) for _ in range(samples)])
    return stack.mean(axis=0), stack.std(axis=0)


def plot_forecast(past, mean, sd):
    """Return the Axes of a new figure with the past (steps,), and the forecast (ahead,) with its error bars."""
    _, ax = plt.subplots()
    steps = np.arange(len(past), len(past) + len(mean))
    ax.plot(np.arange(len(past)), past, label="past")
    ax.plot(steps, mean, label="forecast")
    for bound in (mean - 2 * sd, mean + 2 * sd):
        ax.plot(steps, bound, "k:")
    ax.set(xlabel="step", ylabel="value")
    ax.legend()
    return ax
'''
