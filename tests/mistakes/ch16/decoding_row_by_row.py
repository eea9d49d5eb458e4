"""Rows are translated one by one."""

ANSWER = "decoding"
LOSES = {"decoding_test": 0.25}
CODE = '''\
def teacher_inputs(targets):
    """Return an array like targets (rows, length): START, and the targets without their last token."""
    return np.concatenate([np.full((len(targets), 1), START), targets[:, :-1]], axis=1)


def translate(model, sources, length):
    return np.concatenate([translate_some(model, row[None], length) for row in sources])


def translate_some(model, sources, length):
    """Return an integer array (rows, length): what the model writes by itself for sources (rows, steps)."""
    written = np.full((len(sources), 1), START)
    for _ in range(length):
        chances = np.asarray(model([sources, written]))
        written = np.concatenate([written, chances[:, -1].argmax(axis=-1)[:, None]], axis=1)
    return written[:, 1:]
'''
