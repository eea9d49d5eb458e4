"""Columns get the padding of rows."""

ANSWER = "conv"
LOSES = {"conv_test": 0.2}
CODE = '''\
def conv2d(x, kernels, stride=1, padding="valid"):
    """Return (n, rows, columns, filters) for x (n, height, width, channels), kernels (k, l, channels, filters)."""
    margins = [paddings(x.shape[axis + 1], kernels.shape[0], stride, padding)[:2] for axis in (0, 1)]
    x = np.pad(x, [(0, 0), *margins, (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, kernels.shape[:2], axis=(1, 2))
    return np.tensordot(windows[:, ::stride, ::stride], kernels, axes=((4, 5, 3), (0, 1, 2)))
'''
