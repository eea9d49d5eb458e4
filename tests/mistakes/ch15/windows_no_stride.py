"""The stride is ignored."""

ANSWER = "windows"
LOSES = {"windows_test": 0.2}
HINT = "How many steps"
CODE = '''\
def make_windows(series, length, ahead=1, stride=1):
    """Return X (n, length, features) and Y (n, ahead, features) of a series (steps, features)."""
    starts = np.arange(0, len(series) - length - ahead + 1)[:, None]
    return series[starts + np.arange(length)], series[starts + length + np.arange(ahead)]
'''
