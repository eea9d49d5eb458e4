"""Biases are not counted."""

ANSWER = "sizes"
LOSES = {"sizes_test": 0.25}
CODE = '''\
def paddings(size, kernel, stride=1, padding="valid"):
    """Return (before, behind, out) for one direction, all int; padding is valid or same."""
    if padding == "valid":
        return 0, 0, (size - kernel) // stride + 1
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2, out


def conv_cost(height, width, channels, filters, kernel, stride=1, padding="valid"):
    """Return (weights, multiplications, outputs) of a layer with square kernels for one image."""
    rows, columns = (paddings(n, kernel, stride, padding)[2] for n in (height, width))
    one = kernel * kernel * channels
    return filters * one, rows * columns * filters * one, rows * columns * filters
'''
