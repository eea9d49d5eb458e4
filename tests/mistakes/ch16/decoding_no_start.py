"""The decoder gets the targets as they are."""

ANSWER = "decoding"
LOSES = {"decoding_test": 0.25, "translator_test": 1.0}
HINT = "START in front"
CODE = '''\
def teacher_inputs(targets):
    """Return an array like targets (rows, length): START, and the targets without their last token."""
    return np.array(targets)


def translate(model, sources, length):
    """Return an integer array (rows, length): what the model writes by itself for sources (rows, steps)."""
    written = np.full((len(sources), 1), START)
    for _ in range(length):
        chances = np.asarray(model([sources, written]))
        written = np.concatenate([written, chances[:, -1].argmax(axis=-1)[:, None]], axis=1)
    return written[:, 1:]
'''
