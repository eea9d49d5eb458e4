"""The kernel is turned round, as in mathematics."""

ANSWER = "conv"
LOSES = {"conv_test": 1.0}
HINT = "x[i + u, j + v]"
CODE = '''\
def conv2d(x, kernels, stride=1, padding="valid"):
    """Return (n, rows, columns, filters) for x (n, height, width, channels), kernels (k, l, channels, filters)."""
    margins = [paddings(x.shape[axis + 1], kernels.shape[axis], stride, padding)[:2] for axis in (0, 1)]
    x = np.pad(x, [(0, 0), *margins, (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, kernels.shape[:2], axis=(1, 2))
    return np.tensordot(windows[:, ::stride, ::stride], kernels[::-1, ::-1], axes=((4, 5, 3), (0, 1, 2)))
'''
