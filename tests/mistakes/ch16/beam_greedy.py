"""Only the best beginning is kept, whatever the width."""

ANSWER = "beam"
LOSES = {"beam_test": 0.5}
CODE = '''\
def beam_search(log_chances, start, end, width, longest):
    """Return (sequence, log chance) of the best beam: a list of int and a float."""
    beams = [([start], 0.0)]
    for _ in range(longest):
        going = [beam for beam in beams if beam[0][-1] != end]
        if not going:
            break
        rows = np.asarray(log_chances([ids for ids, _ in going]))
        grown = [([*ids, token], total + row[token]) for (ids, total), row in zip(going, rows, strict=True)
                 for token in range(len(row))]
        finished = [beam for beam in beams if beam[0][-1] == end]
        beams = sorted(finished + grown, key=lambda beam: beam[1], reverse=True)[:1]
    return beams[0][0][1:], float(beams[0][1])
'''
