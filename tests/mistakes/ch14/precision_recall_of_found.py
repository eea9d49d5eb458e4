"""The recall is the share of hits found so far."""

ANSWER = "precision"
LOSES = {"precision_test": 0.4}
HINT = "Divide by the number of objects"
CODE = '''\
def hits(found, truth, limit=0.5):
    """Return a bool array (m,); found (m, 4) is sorted, best first, truth has shape (n, 4), n may be 0."""
    hit, free = np.zeros(len(found), bool), np.ones(len(truth), bool)
    overlap = iou(found, truth)
    for i in range(len(found) if len(truth) else 0):
        best = overlap[i].argmax()
        hit[i] = overlap[i, best] > limit and free[best]
        free[best] &= not hit[i]
    return hit


def precision_recall(hit, scores, n_objects):
    """Return (recall, precision), two arrays (m,), for hit (m,) bool and scores (m,)."""
    found = np.cumsum(hit[np.argsort(-scores)])
    precision = found / np.arange(1, len(found) + 1)
    return found / found[-1], np.maximum.accumulate(precision[::-1])[::-1]


def average_precision(hit, scores, n_objects):
    """Return the mean of the smoothed precision over recalls from 0 to 1."""
    recall, precision = precision_recall(hit, scores, n_objects)
    return float(np.sum(np.diff(recall, prepend=0) * precision))


def plot_curves(curves):
    """Return the Axes of a new figure with one line per entry of curves."""
    _, ax = plt.subplots()
    for name, (recall, precision) in curves.items():
        ax.plot(recall, precision, label=name)
    ax.set(xlabel="recall", ylabel="precision")
    ax.legend()
    return ax
'''
