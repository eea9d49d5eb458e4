"""Spreads slow work over a pool of threads and processes that was started before."""

CHAPTER = "ch02_vocabulary"
LIMITS = {"call_seconds": 30, "cell_seconds": 100, "submission_seconds": 200}
ANSWERS = {
    "pairs": """
def slow(values):
    counts = {}
    for _ in range(12):
        counts = {}
        for value in values.tolist():
            counts[value] = counts.get(value, 0) + 1
    return sum(n * (n - 1) // 2 for n in counts.values())

from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(4)
def pairs(values):
    return pool.submit(slow, values).result()
""",
}


def observe(graded):
    record = graded.records["pairs_speed#1"]
    assert record.outcome == "failed", record
