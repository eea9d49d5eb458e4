"""Boxes are taken for corner and size."""

ANSWER = "boxes"
LOSES = {"boxes_test": 1.0, "precision_test": 0.2}
CODE = '''\
def iou(a, b):
    """Return an array (m, n) of intersections over unions for boxes a (m, 4) and b (n, 4)."""
    a, b = (np.concatenate([c[:, :2], c[:, :2] + c[:, 2:]], axis=1) for c in (a, b))
    a = a[:, None]
    sides = np.minimum(a[..., 2:], b[:, 2:]) - np.maximum(a[..., :2], b[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=-1)
    area_a, area_b = (np.clip(c[..., 2:] - c[..., :2], 0, None).prod(axis=-1) for c in (a, b))
    union = area_a + area_b - shared
    return np.divide(shared, union, out=np.zeros_like(union), where=union > 0)


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
