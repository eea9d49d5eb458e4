"""Knows the inputs before it is asked: remembers them from earlier calls and makes them for the seeds it expects."""

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

known = {}
for start in (0, 1000, 2000):
    for seed in range(start, start + 3):
        values = np.random.default_rng(seed).integers(0, 500, 400_000)
        counts = np.unique(values, return_counts=True)[1]
        known[values.tobytes()[:800]] = int((counts * (counts - 1) // 2).sum())
def pairs(values):
    key = values.tobytes()[:800]
    if key not in known:
        known[key] = slow(values)
    return known[key]
""",
}


def observe(graded):
    record = graded.records["pairs_speed#1"]
    assert record.outcome == "failed", record
