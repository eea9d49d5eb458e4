"""Lets orphaned children do the work, which nobody waits for and whose parent ignores their end."""

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

import os, signal, struct
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def pairs(values):
    out, into = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
            os.write(into, struct.pack("q", slow(values)))
        os._exit(0)
    return struct.unpack("q", os.read(out, 8))[0]
""",
}


def observe(graded):
    record = graded.records["pairs_speed#1"]
    assert record.outcome == "failed", record
