"""The target is one step, however many are asked for."""

ANSWER = "windows"
LOSES = {"windows_test": 0.6}
CODE = '''\
def make_windows(series, length, ahead=1, stride=1):
    """Return X (n, length, features) and Y (n, ahead, features) of a series (steps, features)."""
    starts = np.arange(0, len(series) - length - ahead + 1, stride)[:, None]
    return series[starts + np.arange(length)], series[starts + length + np.arange(1)]
'''
