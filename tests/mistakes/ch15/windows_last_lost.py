"""The last window that fits is lost."""

ANSWER = "windows"
LOSES = {"windows_test": 1.0}
CODE = '''\
def make_windows(series, length, ahead=1, stride=1):
    """Return X (n, length, features) and Y (n, ahead, features) of a series (steps, features)."""
    starts = np.arange(0, len(series) - length - ahead, stride)[:, None]
    return series[starts + np.arange(length)], series[starts + length + np.arange(ahead)]
'''
