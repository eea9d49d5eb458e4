"""NumPy's global generator draws the noise."""

ANSWER = "step_back"
LOSES = {"step_back_test": 0.25}
HINT = "Draw from rng only"
CODE = '''\
def step_back(x, t, predicted, noise, alpha_bar, beta):
    """Return x at t - 1, an array like x, predicted and noise (rows, ...), for a whole number t from 1 to T."""
    mean = (x - beta[t] / np.sqrt(1 - alpha_bar[t]) * predicted) / np.sqrt(1 - beta[t])
    if t == 1:
        return mean
    return mean + np.sqrt(beta[t] * (1 - alpha_bar[t - 1]) / (1 - alpha_bar[t])) * noise


def sample(predict, shape, alpha_bar, beta, rng):
    """Return new rows of that shape, (rows, ...)."""
    x = rng.normal(size=shape)
    for t in range(len(beta) - 1, 0, -1):
        predicted = np.asarray(predict(x, np.full(shape[0], t)))
        x = step_back(x, t, predicted, np.random.normal(size=shape), alpha_bar, beta)
    return x
'''
