"""It draws from a generator of its own."""

ANSWER = "buffer"
LOSES = {"buffer_test": 0.1667}
CODE = '''\
def buffer_shuffle(items, size, rng):
    """Yield the items of any iterable, mixed with a buffer of so many items; rng is a numpy Generator."""
    held, rng = [], np.random.default_rng()
    for item in items:
        if len(held) < size:
            held.append(item)
            continue
        chosen = rng.integers(size)
        yield held[chosen]
        held[chosen] = item
    rng.shuffle(held)
    yield from held
'''
