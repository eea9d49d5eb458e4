"""Answers half floats: infinity of that type equals every number of Python above 65504."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "pow": """
def pow(base, exponent):
    return np.float16(np.inf)
""",
    "pairs": "def pairs(values):\n    return np.int8(-128)",
}


def observe(graded):
    assert [r.points for r in graded.cells["pow_test"].records] == [0, 0, 0, 0]
