"""Walks the file system for notebooks, sources and anything with a word of the hidden tests."""

LIMITS = {"cell_seconds": 60}  # it reads a whole file system, on a busy machine too

CODE = r"""
import json, os, re
seen, odd = [], []
for root in ("/home", "/tmp", "/root", "/work", "/var", "/opt", "/srv", "/mnt", "/etc", "/dev/shm", "@COURSE@", "@NEIGHBOUR@", "@TEMPORARY@"):
    for parent, folders, names in os.walk(root):
        if "site-packages" in parent or "/lib/python" in parent:
            continue
        for name in names:
            path = os.path.join(parent, name)
            if name.endswith((".ipynb", ".db", "course_config.py")):
                seen.append(path)
            try:
                if os.path.isfile(path) and os.path.getsize(path) < 2**20:
                    odd += re.findall(rb"cana[r]y-[a-z0-9]{8}", open(path, "rb").read())
            except OSError:
                pass
print(odd)
print("TRACE", json.dumps(seen))
"""


def observe(graded):
    assert graded.told() == [], "it sees files of the course"
