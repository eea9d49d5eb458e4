"""The buffer is filled, shuffled and emptied again and again: rows stay in their block."""

ANSWER = "buffer"
LOSES = {"buffer_test": 0.3333}
CODE = '''\
def buffer_shuffle(items, size, rng):
    """Yield the items of any iterable, mixed with a buffer of so many items; rng is a numpy Generator."""
    held = []
    for item in items:
        held.append(item)
        if len(held) == size:
            rng.shuffle(held)
            yield from held
            held = []
    rng.shuffle(held)
    yield from held
'''
