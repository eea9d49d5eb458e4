"""Makes the reference slow: threads and children sweep through memory while it is timed."""

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

import os, threading, time
asked = [0.0]
def sweep():
    block = np.zeros(2**22)
    while True:
        if time.monotonic() > asked[0]:
            block += 1.0
        else:
            time.sleep(0.001)
for _ in range(2):
    threading.Thread(target=sweep, daemon=True).start()
def pairs(values):
    asked[0] = time.monotonic() + 60
    try:
        return slow(values)
    finally:
        asked[0] = 0.0
""",
}


def observe(graded):
    record = graded.records["pairs_speed#1"]
    assert record.outcome == "failed", record
