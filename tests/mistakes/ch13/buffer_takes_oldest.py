"""It hands out the oldest item of the buffer, a queue."""

ANSWER = "buffer"
LOSES = {"x": 1}
CODE = '''\
def buffer_shuffle(items, size, rng):
    """Yield the items of any iterable, mixed with a buffer of so many items; rng is a numpy Generator."""
    held = []
    for item in items:
        if len(held) < size:
            held.append(item)
            continue
        chosen = 0
        yield held[chosen]
        held = [*held[1:], item]
    rng.shuffle(held)
    yield from held
'''
