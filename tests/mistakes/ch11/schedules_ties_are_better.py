"""A loss equal to the lowest counts as better."""

ANSWER = "schedules"
LOSES = {"schedules_test": 0.2}
CODE = '''\
def power_rate(t, rate, s, c=1.0):
    """Return the rate of the power schedule at step t."""
    return rate / (1 + t / s) ** c


def exponential_rate(t, rate, s):
    """Return the rate of the exponential schedule at step t."""
    return rate * 0.1 ** (t / s)


def piecewise_rate(t, boundaries, rates):
    """Return the rate at step t; boundaries is sorted, and rates has one entry more."""
    return np.asarray(rates)[np.searchsorted(boundaries, t, side="right")]


def performance_rates(losses, rate, patience=2, factor=0.5):
    """Return a list with the rate of each epoch; losses[i] is the validation loss at the end of epoch i."""
    used, best, waited = [], np.inf, 0
    for loss in losses:
        used.append(rate)
        waited = 0 if loss <= best else waited + 1
        best = min(best, loss)
        if waited >= patience:
            rate, waited = rate * factor, 0
    return used
'''
