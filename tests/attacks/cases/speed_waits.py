"""Waits instead of working, for a helper or for nothing: no CPU time, much wall time."""

CHAPTER = "ch02_vocabulary"
LIMITS = {"call_seconds": 30, "cell_seconds": 100, "submission_seconds": 200}
ANSWERS = {
    "pairs": """
import time
def pairs(values):
    time.sleep(2.5)
    counts = np.unique(values, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())
""",
}


def observe(graded):
    record = graded.records["pairs_speed#1"]
    assert record.outcome in ("failed", "passed")  # on a machine this busy it may be the machine that waits


POINTS = 2
