"""The depthwise filters are turned round."""

ANSWER = "separable"
LOSES = {"separable_test": 0.5}
CODE = '''\
def separable_conv(x, depth, point):
    """Return (n, height, width, filters) for x (n, height, width, channels).

    depth has shape (k, k, channels), one filter for each channel, and point has shape (channels, filters).
    """
    half = len(depth) // 2
    x = np.pad(x, [(0, 0), (half, half), (half, half), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, depth.shape[:2], axis=(1, 2))
    return np.einsum("nhwcij,ijc->nhwc", windows, depth[::-1, ::-1]) @ point


def weights_saved(kernel, channels, filters):
    """Return how many weights fewer a separable convolution has than an ordinary one, int."""
    return kernel**2 * channels * filters - (kernel**2 * channels + channels * filters)
'''
