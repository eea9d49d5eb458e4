"""The first character of the alphabet gets the number of unknown ones."""

ANSWER = "windows"
LOSES = {"windows_test": 0.25, "char_model_test": 2.0}
CODE = '''\
def encode(text, alphabet):
    """Return an integer array (characters,) for a text and an alphabet, a str without repetitions."""
    numbers = {character: number for number, character in enumerate(alphabet)}
    return np.array([numbers.get(character, 0) for character in text], dtype=int)


def windows(ids, length, share):
    """Return (X, Y), (X_valid, Y_valid), integer arrays (windows, length), for an array ids (n,)."""
    cut = round(share * len(ids))
    parts = [np.lib.stride_tricks.sliding_window_view(part, length + 1) for part in (ids[:cut], ids[cut:])]
    return tuple((part[:, :-1], part[:, 1:]) for part in parts)
'''
