"""A loop over all windows."""

ANSWER = "pool"
LOSES = {"pool_test": 0.1667}
CODE = '''\
def pool2d(x, size=2, kind="max"):
    """Return (n, height // size, width // size, channels); kind is max or mean."""
    n, height, width, channels = x.shape
    rows, columns = height // size, width // size
    result = np.zeros((n, rows, columns, channels))
    for image, i, j in np.ndindex(n, rows, columns):
        window = x[image, i * size : (i + 1) * size, j * size : (j + 1) * size]
        result[image, i, j] = window.max(axis=(0, 1)) if kind == "max" else window.mean(axis=(0, 1))
    return result


def global_mean(x):
    """Return the mean of every map, (n, channels)."""
    return x.mean(axis=(1, 2))


def depth_pool(x, group):
    """Return (n, height, width, channels // group): the maximum of each group of channels."""
    if x.shape[-1] % group:
        raise ValueError(f"{x.shape[-1]} channels cannot be divided into groups of {group}")
    return x.reshape(*x.shape[:-1], -1, group).max(axis=-1)
'''
