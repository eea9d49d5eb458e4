"""Reads and writes the neighbour's hand-in, the gradebook and the course by their real paths."""

CODE = """
import json, os
done = []
for path in ("@NEIGHBOUR@/ch01_victim.ipynb", "@COURSE@/course_config.py", "@COURSE@/gradebook.db", "@COURSE@/source/ch01_victim.py", "@TEMPORARY@",
             "/proc/1/root/@NEIGHBOUR@/ch01_victim.ipynb", "/proc/self/root/../..@NEIGHBOUR@/ch01_victim.ipynb", "/proc/1/cwd/..", "/root/.ssh", "/root/.bashrc", "/etc/shadow"):
    try:
        open(path, "rb")
        done.append(path)
    except OSError:
        pass
    try:
        done += [path] if path != "/proc/1/cwd/.." and os.listdir(path) else []
    except OSError:
        pass
print("TRACE", json.dumps(done))
"""


def observe(graded):
    assert graded.told() == []
