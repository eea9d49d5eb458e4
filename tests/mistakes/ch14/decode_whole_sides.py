"""Half of a side is taken for the whole."""

ANSWER = "decode"
LOSES = {"decode_test": 0.4}
CODE = '''\
def decode(raw, anchors, cell, least=0.5):
    """Return boxes (m, 4) in pixels, scores (m,), kinds (m,).

    raw has shape (rows, columns, anchors, 5 + kinds), anchors (anchors, 2), width and height in pixels.
    """
    there, place = (1 / (1 + np.exp(-part)) for part in (raw[..., 0], raw[..., 1:3]))
    rows, columns = np.indices(raw.shape[:2])
    middle = (np.stack([columns, rows], axis=-1)[:, :, None] + place) * cell
    half = anchors * np.exp(raw[..., 3:5])
    odds = np.exp(raw[..., 5:] - raw[..., 5:].max(axis=-1, keepdims=True))
    best = there * odds.max(axis=-1) / odds.sum(axis=-1)
    boxes = np.concatenate([middle - half, middle + half], axis=-1)
    order = np.argsort(-best, axis=None)[: np.sum(best >= least)]
    return boxes.reshape(-1, 4)[order], best.ravel()[order], odds.argmax(axis=-1).ravel()[order]
'''
