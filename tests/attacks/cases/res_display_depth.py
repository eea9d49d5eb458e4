"""Displays data that is nested deeper than it can be written out again."""

CODE = """
deep = []
for _ in range(400):
    deep = [deep]
display({"application/json": deep, "text/plain": "x"}, raw=True)
"""
