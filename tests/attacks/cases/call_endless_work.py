"""Passes the judge's own function an argument that keeps the judge working for ever."""

CHAPTER = "ch02_vocabulary"
LIMITS = {"call_seconds": 1, "cell_seconds": 2}
ANSWERS = {"search": "def search(loss, start):\n    return loss(10**14)"}


def observe(graded):
    assert graded.records["search_test#1"].outcome == "timed_out"
