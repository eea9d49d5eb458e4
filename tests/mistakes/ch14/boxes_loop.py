"""A loop over all pairs of boxes."""

ANSWER = "boxes"
LOSES = {"boxes_test": 0.2}
CODE = '''\
def iou(a, b):
    """Return an array (m, n) of intersections over unions for boxes a (m, 4) and b (n, 4)."""
    result = np.zeros((len(a), len(b)))
    for i, p in enumerate(a):
        for j, q in enumerate(b):
            w, h = min(p[2], q[2]) - max(p[0], q[0]), min(p[3], q[3]) - max(p[1], q[1])
            shared = max(w, 0) * max(h, 0)
            areas = [max(c[2] - c[0], 0) * max(c[3] - c[1], 0) for c in (p, q)]
            union = sum(areas) - shared
            result[i, j] = shared / union if union > 0 else 0.0
    return result


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
