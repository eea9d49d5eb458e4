"""Computes for ever, once in Python and once in C code that no interrupt reaches."""

LIMITS = {"cell_seconds": 1}
EXPECT = {"outcome": ["timed_out", "crashed"]}


def doctor(notebook, folder):
    for cell in notebook["cells"]:
        if cell["id"] == "centre":
            cell["source"] = "while True:\n    pass"
        elif cell["id"] == "predict":
            cell["source"] = "import re\nre.match('(a*)*b', 'a' * 60)"
