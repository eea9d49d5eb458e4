"""What is left at the end is handed out in the order of the buffer."""

ANSWER = "buffer"
LOSES = {"buffer_test": 0.3333}
CODE = '''\
def buffer_shuffle(items, size, rng):
    """Yield the items of any iterable, mixed with a buffer of so many items; rng is a numpy Generator."""
    held = []
    for item in items:
        if len(held) < size:
            held.append(item)
            continue
        chosen = rng.integers(size)
        yield held[chosen]
        held[chosen] = item
    yield from held
'''
