"""Rolls the images, so pixels come back on the other side."""

ANSWER = "shifts"

LOSES = {"shifts_test": 1.0}

CODE = '''
def shift_batch(images, dy, dx):
    """Return images (m, h, w) moved down by dy and right by dx, the space left behind filled with 0."""
    return np.roll(images, (dy, dx), axis=(1, 2))


def augment(images, y):
    """Return images (5m, h, w) and labels (5m,): originals, then moved up, down, left, right by 1."""
    moves = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]
    return np.concatenate([shift_batch(images, dy, dx) for dy, dx in moves]), np.tile(y, 5)
'''
