"""Boxes without area divide zero by zero."""

ANSWER = "boxes"
LOSES = {"boxes_test": 0.2}
HINT = "Where the union is 0"
CODE = '''\
def iou(a, b):
    """Return an array (m, n) of intersections over unions for boxes a (m, 4) and b (n, 4)."""
    a = a[:, None]
    sides = np.minimum(a[..., 2:], b[:, 2:]) - np.maximum(a[..., :2], b[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=-1)
    area_a, area_b = (np.clip(c[..., 2:] - c[..., :2], 0, None).prod(axis=-1) for c in (a, b))
    union = area_a + area_b - shared
    return shared / np.where(union > 0, union, np.nan)


def nms(boxes, scores, kinds, limit=0.5):
    """Return a list of int, which of the boxes (n, 4) stay; scores and kinds have shape (n,)."""
    rivals = (iou(boxes, boxes) > limit) & (kinds[:, None] == kinds)
    kept, alive = [], np.ones(len(boxes), bool)
    for i in np.argsort(-scores):
        if alive[i]:
            kept.append(int(i))
            alive &= ~rivals[i]
    return kept
'''
