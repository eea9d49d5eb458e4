"""write knows no temperature."""

ANSWER = "sampling"
LOSES = {"sampling_test": 0.2}
CODE = '''\
def next_chances(logits, temperature=1.0, top_p=1.0):
    """Return an array (n,) of chances for logits (n,)."""
    logits = np.asarray(logits, dtype=float)
    if temperature == 0:
        return np.eye(len(logits))[logits.argmax()]
    chances = np.exp((logits - logits.max()) / temperature)
    chances /= chances.sum()
    order = np.argsort(-chances)
    before = np.cumsum(chances[order]) - chances[order]
    chances[order[before >= top_p]] = 0.0
    return chances / chances.sum()


def write(next_logits, start, length, rng, temperature=1.0, top_p=1.0):
    """Return a list of numbers: those of the list start, and length more, drawn one after the other."""
    ids = list(start)
    for _ in range(length):
        chances = next_chances(next_logits(ids))
        ids.append(int(rng.choice(len(chances), p=chances)))
    return ids
'''
