"""The target begins with the last step of the window."""

ANSWER = "windows"
LOSES = {"windows_test": 0.8}
HINT = "right after the window"
CODE = '''\
def make_windows(series, length, ahead=1, stride=1):
    """Return X (n, length, features) and Y (n, ahead, features) of a series (steps, features)."""
    starts = np.arange(0, len(series) - length - ahead + 1, stride)[:, None]
    return series[starts + np.arange(length)], series[starts + length - 1 + np.arange(ahead)]
'''
