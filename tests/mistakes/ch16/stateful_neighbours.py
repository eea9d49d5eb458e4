"""Neighbouring windows share a batch, so that no row is continued."""

ANSWER = "stateful"
LOSES = {"stateful_test": 1}
HINT = "First one long row"
CODE = '''\
def stateful_batches(ids, length, batch):
    """Return (X, Y), integer arrays (steps, batch, length), for an array ids (n,)."""
    steps = (len(ids) - 1) // (batch * length)
    used = batch * steps * length
    return tuple(part.reshape(steps, batch, length) for part in (ids[:used], ids[1 : used + 1]))
'''
