"""All items are read and mixed at once."""

ANSWER = "buffer"
LOSES = {"buffer_test": 0.8333}
CODE = '''\
def buffer_shuffle(items, size, rng):
    """Yield the items of any iterable, mixed with a buffer of so many items; rng is a numpy Generator."""
    held = list(items)
    rng.shuffle(held)
    yield from held
'''
