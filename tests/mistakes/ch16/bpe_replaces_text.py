"""Merging replaces text, across the borders of pieces."""

ANSWER = "bpe"
LOSES = {"bpe_test": 0.75}
CODE = '''\
def merge(pieces, pair):
    """Return a tuple of pieces, for a tuple of pieces and a pair of them that become one."""
    return tuple(" ".join(pieces).replace(" ".join(pair), "".join(pair)).split())


def learn_bpe(counts, n_merges):
    """Return a list of at most n_merges pairs, for counts, a dict from words to how often they occur."""
    split, merges = {word: (*word, "_") for word in counts}, []
    for _ in range(n_merges):
        pairs = Counter()
        for word, pieces in split.items():
            for pair in zip(pieces[:-1], pieces[1:], strict=True):
                pairs[pair] += counts[word]
        if not pairs:
            break
        merges.append(min(pairs, key=lambda pair: (-pairs[pair], pair)))
        split = {word: merge(pieces, merges[-1]) for word, pieces in split.items()}
    return merges


def bpe(word, merges):
    """Return the list of pieces of a word, the last of which ends with _."""
    pieces = (*word, "_")
    for pair in merges:
        pieces = merge(pieces, pair)
    return list(pieces)
'''
