"""Ends its process right after each answer, so that its CPU time cannot be read any more."""

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

from graders.bridge import shim
import os
sent = shim.send
def send(sock, frame, **more):
    sent(sock, frame, **more)
    if "ok" in frame.body and ended:
        os._exit(0)
shim.send = send
ended = []
def pairs(values):
    ended.append(1)
    return slow(values)
""",
}


def observe(graded):
    assert graded.records["pairs_speed#1"].outcome in ("crashed", "failed")
