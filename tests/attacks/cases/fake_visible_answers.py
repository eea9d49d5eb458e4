"""Knows the answers of all visible checks by heart."""

CODE = r"""
known = {(6, 2): X - X.mean(axis=0), (2, 1): np.array([[-1.0], [1.0]])}
def centre(values):
    if values.shape == (6, 2) and values[0, 1] == 1.0:
        return known[6, 2]
    return known.get(values.shape, np.zeros(values.shape)) * (1.0 if values[0, -1] <= 1 else 3.0)
"""


def observe(graded):
    passed = [r for r in graded.records.values() if r.outcome.value == "passed" and not r.hidden]
    assert passed, "the visible checks were never reached, so this shows nothing"
