"""The windows are shuffled."""

ANSWER = "stateful"
LOSES = {"stateful_test": 1}
CODE = '''\
def stateful_batches(ids, length, batch):
    """Return (X, Y), integer arrays (steps, batch, length), for an array ids (n,)."""
    steps = (len(ids) - 1) // (batch * length)
    used = batch * steps * length
    order = np.random.default_rng(1).permutation(steps)
    return tuple(part.reshape(batch, steps, length).swapaxes(0, 1)[order] for part in (ids[:used], ids[1 : used + 1]))
'''
