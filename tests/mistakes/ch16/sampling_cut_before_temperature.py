"""The nucleus is taken at temperature 1."""

ANSWER = "sampling"
LOSES = {"sampling_test": 0.4}
CODE = '''\
def next_chances(logits, temperature=1.0, top_p=1.0):
    """Return an array (n,) of chances for logits (n,)."""
    logits = np.asarray(logits, dtype=float)
    if temperature == 0:
        return np.eye(len(logits))[logits.argmax()]
    chances, plain = (np.exp((logits - logits.max()) / T) for T in (temperature, 1.0))
    chances, plain = chances / chances.sum(), plain / plain.sum()
    order = np.argsort(-chances)
    before = np.cumsum(plain[order]) - plain[order]
    chances[order[before >= top_p]] = 0.0
    return chances / chances.sum()


def write(next_logits, start, length, rng, temperature=1.0, top_p=1.0):
    """Return a list of numbers: those of the list start, and length more, drawn one after the other."""
    ids = list(start)
    for _ in range(length):
        chances = next_chances(next_logits(ids), temperature, top_p)
        ids.append(int(rng.choice(len(chances), p=chances)))
    return ids
'''
