"""The shares of noise are not cut off."""

ANSWER = "schedule"
LOSES = {"schedule_test": 0.4, "predictor_test": 0.6667}
HINT = "is cut off"
CODE = '''\
def cosine_schedule(T, s=0.008):
    """Return (alpha_bar, beta), arrays (T + 1,)."""
    f = np.cos((np.arange(T + 1) / T + s) / (1 + s) * np.pi / 2) ** 2
    beta = np.concatenate([[0.0], 1 - f[1:] / f[:-1]])
    return np.cumprod(1 - beta), beta


def add_noise(x0, t, noise, alpha_bar):
    """Return x_t, an array like x0 and noise (rows, ...), for whole numbers t (rows,)."""
    share = alpha_bar[t].reshape(-1, *[1] * (x0.ndim - 1))
    return np.sqrt(share) * x0 + np.sqrt(1 - share) * noise


def plot_schedule(alpha_bar):
    """Return an Axes with what is left of the signal and what there is of noise at each t."""
    _, ax = plt.subplots()
    ax.plot(np.sqrt(alpha_bar), label="signal")
    ax.plot(np.sqrt(1 - alpha_bar), label="noise")
    ax.set(xlabel="t", ylabel="factor")
    ax.legend()
    return ax
'''
