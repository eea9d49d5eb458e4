"""Channels that fit no group are dropped in silence."""

ANSWER = "pool"
LOSES = {"pool_test": 0.1667}
CODE = '''\
def pool2d(x, size=2, kind="max"):
    """Return (n, height // size, width // size, channels); kind is max or mean."""
    n, height, width, channels = x.shape
    rows, columns = height // size, width // size
    windows = x[:, : rows * size, : columns * size].reshape(n, rows, size, columns, size, channels)
    return windows.max(axis=(2, 4)) if kind == "max" else windows.mean(axis=(2, 4))


def global_mean(x):
    """Return the mean of every map, (n, channels)."""
    return x.mean(axis=(1, 2))


def depth_pool(x, group):
    """Return (n, height, width, channels // group): the maximum of each group of channels."""
    if x.shape[-1] % group:
        x = x[..., : x.shape[-1] // group * group]
    return x.reshape(*x.shape[:-1], -1, group).max(axis=-1)
'''
