"""Pairs are counted once, at the beginning."""

ANSWER = "bpe"
LOSES = {"bpe_test": 0.5}
CODE = '''\
def merge(pieces, pair):
    """Return a tuple of pieces, for a tuple of pieces and a pair of them that become one."""
    merged, i = [], 0
    while i < len(pieces):
        width = 2 if pieces[i : i + 2] == pair else 1
        merged.append("".join(pieces[i : i + width]))
        i += width
    return tuple(merged)


def learn_bpe(counts, n_merges):
    """Return a list of at most n_merges pairs, for counts, a dict from words to how often they occur."""
    split, merges = {word: (*word, "_") for word in counts}, []
    pairs = Counter()
    for word, pieces in split.items():
        for pair in zip(pieces[:-1], pieces[1:], strict=True):
            pairs[pair] += counts[word]
    return sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:n_merges]


def bpe(word, merges):
    """Return the list of pieces of a word, the last of which ends with _."""
    pieces = (*word, "_")
    for pair in merges:
        pieces = merge(pieces, pair)
    return list(pieces)
'''
