"""Tells timed inputs from others by their size, and answers them at once with anything."""

CHAPTER = "ch02_vocabulary"
LIMITS = {"call_seconds": 30, "cell_seconds": 100, "submission_seconds": 200}
ANSWERS = {"pairs": "def pairs(values):\n    return 159_000_000 if len(values) > 1000 else 0"}


def observe(graded):
    record = graded.records["pairs_speed#1"]
    assert record.outcome == "failed", record
