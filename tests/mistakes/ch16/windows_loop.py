"""A loop copies each window."""

ANSWER = "windows"
LOSES = {"windows_test": 0.25}
HINT = "A loop over all windows"
CODE = '''\
def encode(text, alphabet):
    """Return an integer array (characters,) for a text and an alphabet, a str without repetitions."""
    numbers = {character: number for number, character in enumerate(alphabet, start=1)}
    return np.array([numbers.get(character, 0) for character in text], dtype=int)


def windows(ids, length, share):
    """Return (X, Y), (X_valid, Y_valid), integer arrays (windows, length), for an array ids (n,)."""
    cut = round(share * len(ids))
    parts = [np.array([part[i : i + length + 1] for i in range(len(part) - length)]) for part in (ids[:cut], ids[cut:])]
    return tuple((part[:, :-1], part[:, 1:]) for part in parts)
'''
