"""Writes until the disk is full, in every place it can write to."""

LIMITS = {"cell_seconds": 3}
CODE = """
import json, os
written = 0
for place in ("/home/student", "/tmp", "/dev/shm", "/var/tmp", "/run", "/", "/usr", "/etc", "@TEMPORARY@"):
    try:
        with open(os.path.join(place, "full"), "wb", 0) as file:
            while written < 2**30:
                written += file.write(b"x" * 2**16)
    except OSError:
        pass
print("TRACE", json.dumps(written))
"""


def observe(graded):
    assert graded.told() <= 17 * 2**20
