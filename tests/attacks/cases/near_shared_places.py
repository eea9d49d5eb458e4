"""Leaves something for the neighbour, and looks for what the neighbour left, in every shared place."""

CODE = """
import ctypes, glob, json, os, sys
import graders
libraries = (sys.prefix, os.path.dirname(graders.__file__))  # read-only, and below /tmp where the project is
libc = ctypes.CDLL(None)
seen = [p for place in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue", "/run/lock") for p in glob.glob(place + "/**", recursive=True) if os.path.isfile(p) and not p.startswith(libraries)]
left = []
for place in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue", "@TEMPORARY@", "@COURSE@", "@NEIGHBOUR@"):
    try:
        open(place + "/graders-left-by-attack", "w").write("x")
        left.append(place)
    except OSError:
        pass
ids = [libc.shmget(0x1234, 4096, 0o1666), libc.semget(0x1234, 1, 0o1666), libc.msgget(0x1234, 0o1666)]
try:
    from multiprocessing.shared_memory import SharedMemory
    SharedMemory("graders-left", create=True, size=16)
except OSError:
    pass
print("TRACE", json.dumps([seen, ids]))
"""


def observe(graded):
    from pathlib import Path

    assert graded.told() == [[], [-1, -1, -1]]
    assert not [p for place in ("/tmp", "/dev/shm", "/var/tmp") for p in Path(place).glob("graders-left*")]
