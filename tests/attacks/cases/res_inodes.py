"""Makes files, folders and links until no more can be made."""

LIMITS = {"cell_seconds": 3}
CODE = """
import json, os
made = 0
for place in ("/home/student", "/tmp", "/dev/shm"):
    try:
        for number in range(5000):
            [os.mkdir, lambda p: open(p, "w").close(), lambda p: os.symlink("x", p)][number % 3](f"{place}/n{number}")
            made += 1
    except OSError:
        pass
print("TRACE", json.dumps(made))
"""


def observe(graded):
    assert graded.told() < 320
