"""Keeps the judge's functions and uses them as its own answers to other questions."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "search": """
kept = []
def search(loss, start):
    kept.append(loss)
    global pairs, pow, clean, draw, double, Model
    pairs = pow = clean = draw = double = Model = loss
    return loss(1.0)
""",
}


def observe(graded):
    assert [r.name for r in graded.records.values() if r.points] == []
