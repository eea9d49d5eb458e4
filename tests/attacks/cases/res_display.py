"""Displays many and large results of every kind, with many kinds in each."""

LIMITS = {"cell_seconds": 3}
CODE = """
for _ in range(3):
    display({f"text/x-{n}": "x" * 50_000 for n in range(200)}, raw=True)
display({"image/png": "A" * 5_000_000, "text/html": "<p>" * 1_000_000, "text/plain": "x"}, raw=True)
"""


def observe(graded):
    assert len(str(graded.cells["centre"].outputs)) < 10 * 64 * 1024
