"""Reads command lines, environments, maps and open files of every process it can see."""

CODE = r"""
import glob, json, os
seen = {}
for folder in glob.glob("/proc/[0-9]*"):
    for name in ("cmdline", "environ", "comm", "cgroup", "mountinfo"):
        try:
            seen[folder + name] = open(f"{folder}/{name}", "rb").read()[:3000].decode("latin1")
        except OSError as error:
            seen[folder + name] = str(error)[:40]
pids = sorted(int(p.rsplit("/")[-1]) for p in glob.glob("/proc/[0-9]*"))
print(json.dumps(seen)[:20000])
print("TRACE", json.dumps(len(pids)))
"""


def observe(graded):
    assert graded.told() <= 2, "it sees processes that are not its own"
    assert "secret" not in graded.printed()
