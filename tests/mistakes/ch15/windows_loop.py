"""Windows are cut one by one, and values one by one."""

ANSWER = "windows"
LOSES = {"windows_test": 0.2}
CODE = '''\
def make_windows(series, length, ahead=1, stride=1):
    """Return X (n, length, features) and Y (n, ahead, features) of a series (steps, features)."""
    X, Y = [], []
    for start in range(0, len(series) - length - ahead + 1, stride):
        X.append([series[start + step] for step in range(length)])
        Y.append([series[start + length + step] for step in range(ahead)])
    return np.array(X), np.array(Y)
'''
