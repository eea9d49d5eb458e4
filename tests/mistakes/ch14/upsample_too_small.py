"""The result has only stride rows per row."""

ANSWER = "upsample"
LOSES = {"upsample_test": 0.5}
CODE = '''\
def conv_transpose(x, kernels, stride=2):
    """Return (n, (h - 1) * stride + k, (w - 1) * stride + l, filters)."""
    (n, h, w, _), (k, l, _, filters) = x.shape, kernels.shape
    out = np.zeros((n, h * stride, w * stride, filters))
    for i in range(k):
        for j in range(l):
            out[:, i : i + h * stride : stride, j : j + w * stride : stride][:, :h, :w] += x @ kernels[i, j]
    return out


def mean_iou(truth, answer, n_kinds):
    """Return the mean, over kinds that occur, of pixels both give it over pixels either gives it."""
    shares = []
    for kind in range(n_kinds):
        either = np.sum((truth == kind) | (answer == kind))
        if either:
            shares.append(np.sum((truth == kind) & (answer == kind)) / either)
    return float(np.mean(shares))
'''
