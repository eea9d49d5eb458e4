"""Strides are ignored."""

ANSWER = "field"
LOSES = {"field_test": 0.75}
HINT = "counts for the layers above"
CODE = '''\
def receptive_field(layers):
    """Return (side, jump), two int, for layers [(kernel, stride), ...], the one next to the image first."""
    side, jump = 1, 1
    for kernel, stride in layers:
        side += kernel - 1
        jump *= stride
    return side, jump


def blocks_needed(size):
    """Return how many blocks of conv 3×3, conv 3×3, pool 2×2 it takes to see size pixels."""
    blocks = 0
    while receptive_field([(3, 1), (3, 1), (2, 2)] * blocks)[0] < size:
        blocks += 1
    return blocks
'''
