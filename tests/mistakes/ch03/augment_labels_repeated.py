"""Repeats each label five times in a row, while the images stand in blocks."""

ANSWER = "shifts"

LOSES = {"shifts_test": 0.25}

CODE = '''
def shift_batch(images, dy, dx):
    """Return images (m, h, w) moved down by dy and right by dx, the space left behind filled with 0."""
    m, h, w = images.shape
    moved = np.zeros_like(images)
    to_y, to_x = slice(max(dy, 0), h + min(dy, 0)), slice(max(dx, 0), w + min(dx, 0))
    from_y, from_x = slice(max(-dy, 0), h + min(-dy, 0)), slice(max(-dx, 0), w + min(-dx, 0))
    moved[:, to_y, to_x] = images[:, from_y, from_x]
    return moved


def augment(images, y):
    """Return images (5m, h, w) and labels (5m,): originals, then moved up, down, left, right by 1."""
    moves = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]
    return np.concatenate([shift_batch(images, dy, dx) for dy, dx in moves]), np.repeat(y, 5)
'''
