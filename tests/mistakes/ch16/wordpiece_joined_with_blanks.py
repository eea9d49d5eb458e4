"""The marks are taken away and the blanks stay."""

ANSWER = "wordpiece"
LOSES = {"wordpiece_test": 0.3333333333333333}
CODE = '''\
def wordpiece(word, vocabulary):
    """Return the list of longest pieces from the left; vocabulary is a set, pieces inside words begin with ##."""
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary]
        if not ends:
            return ["[UNK]"]
        pieces.append(mark + word[start : ends[0]])
        start = ends[0]
    return pieces


def join_pieces(pieces):
    """Return a text: words with single blanks between them, for a list of pieces."""
    return " ".join(pieces).replace("##", "")
'''
