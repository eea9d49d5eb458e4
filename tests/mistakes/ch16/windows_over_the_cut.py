"""Windows are made first and then split, so that validation targets are trained on."""

ANSWER = "windows"
LOSES = {"windows_test": 0.25}
HINT = "before the cut"
CODE = '''\
def encode(text, alphabet):
    """Return an integer array (characters,) for a text and an alphabet, a str without repetitions."""
    numbers = {character: number for number, character in enumerate(alphabet, start=1)}
    return np.array([numbers.get(character, 0) for character in text], dtype=int)


def windows(ids, length, share):
    """Return (X, Y), (X_valid, Y_valid), integer arrays (windows, length), for an array ids (n,)."""
    cut = round(share * len(ids))
    every = np.lib.stride_tricks.sliding_window_view(ids, length + 1)
    parts = [every[:cut], every[cut:]]
    return tuple((part[:, :-1], part[:, 1:]) for part in parts)
'''
