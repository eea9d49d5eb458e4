"""All steps add noise with the variance beta, the last one too."""

ANSWER = "step_back"
LOSES = {"step_back_test": 0.5}
HINT = "At t = 1 return the mean"
CODE = '''\
def step_back(x, t, predicted, noise, alpha_bar, beta):
    """Return x at t - 1, an array like x, predicted and noise (rows, ...), for a whole number t from 1 to T."""
    mean = (x - beta[t] / np.sqrt(1 - alpha_bar[t]) * predicted) / np.sqrt(1 - beta[t])
    return mean + np.sqrt(beta[t]) * noise


def sample(predict, shape, alpha_bar, beta, rng):
    """Return new rows of that shape, (rows, ...)."""
    x = rng.normal(size=shape)
    for t in range(len(beta) - 1, 0, -1):
        predicted = np.asarray(predict(x, np.full(shape[0], t)))
        x = step_back(x, t, predicted, rng.normal(size=shape), alpha_bar, beta)
    return x
'''
