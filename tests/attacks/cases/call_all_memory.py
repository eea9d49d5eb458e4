"""Passes the judge's own function an argument that makes the judge allocate all the memory there is."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "search": """
def search(loss, start):
    told = []
    for size in (10**15 * 7, 10**15 * 30, 10**15 * 80_000):
        try:
            told.append(loss(size))
        except RuntimeError as error:
            told.append(str(error))
    raise ValueError(told)
""",
}


def observe(graded):
    assert graded.records["search_test#1"].points == 0 and graded.records["search_test#2"].outcome == "failed"
