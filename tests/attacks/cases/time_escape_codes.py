"""Prints unfinished terminal codes, which are slow to search for with a careless pattern."""

LIMITS = {"output_kb": 256}
CODE = r"""
print("\x1b]" * 130_000)
"""


def observe(graded):
    assert graded.seconds < 6, f"cleaning the output took {graded.seconds:.0f} s"
