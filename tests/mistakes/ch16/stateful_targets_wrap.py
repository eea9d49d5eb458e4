"""The targets are shifted within each window."""

ANSWER = "stateful"
LOSES = {"stateful_test": 0.3333333333333333}
HINT = "next window"
CODE = '''\
def stateful_batches(ids, length, batch):
    """Return (X, Y), integer arrays (steps, batch, length), for an array ids (n,)."""
    steps = (len(ids) - 1) // (batch * length)
    used = batch * steps * length
    X = ids[:used].reshape(batch, steps, length).swapaxes(0, 1)
    return X, np.roll(X, -1, axis=2)
'''
