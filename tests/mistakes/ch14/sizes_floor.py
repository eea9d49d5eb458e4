"""With same, the number of pixels is rounded down."""

ANSWER = "sizes"
LOSES = {"sizes_test": 0.75, "conv_test": 0.2}
HINT = "Round up"
CODE = '''\
def paddings(size, kernel, stride=1, padding="valid"):
    """Return (before, behind, out) for one direction, all int; padding is valid or same."""
    if padding == "valid":
        return 0, 0, (size - kernel) // stride + 1
    out = size // stride
    total = max((out - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2, out


def conv_cost(height, width, channels, filters, kernel, stride=1, padding="valid"):
    """Return (weights, multiplications, outputs) of a layer with square kernels for one image."""
    rows, columns = (paddings(n, kernel, stride, padding)[2] for n in (height, width))
    one = kernel * kernel * channels
    return filters * (one + 1), rows * columns * filters * one, rows * columns * filters
'''
