"""Prints a flood of lines on both streams."""

LIMITS = {"cell_seconds": 2}
CODE = """
import sys, time
end = time.monotonic() + 1.5
while time.monotonic() < end:
    print("x" * 100)
    print("y" * 100, file=sys.stderr)
"""


def observe(graded):
    assert len(str(graded.cells["centre"].outputs)) < 3 * 64 * 1024
