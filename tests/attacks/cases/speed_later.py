"""Answers at once with an object that does the work when it is looked at, or never."""

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

class Later:
    def __init__(self, values): self.values = values
    def __eq__(self, other): return True
    def __int__(self): return slow(self.values)
    def __index__(self): return slow(self.values)
    def __len__(self): return slow(self.values)
    def __array__(self, *a, **k): return np.array(slow(self.values))
def pairs(values):
    return Later(values)
""",
}


def observe(graded):
    record = graded.records["pairs_speed#1"]
    assert record.outcome == "failed", record
