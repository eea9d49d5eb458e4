"""Fills anonymous memory that is shared and thus no process's own."""

LIMITS = {"cell_seconds": 3}
CODE = """
import mmap
kept = []
for _ in range(60):
    part = mmap.mmap(-1, 2**24)
    part[::4096] = b"x" * (2**24 // 4096)
    kept.append(part)
print("TRACE", len(kept))
"""


def observe(graded):
    assert "TRACE" not in graded.printed(), "it got 960 MB where 300 are allowed"
