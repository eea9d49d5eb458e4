"""Opens other processes by descriptor and takes descriptors out of them."""

CODE = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)
taken = []
for pid in [*range(1, 300), @TEMPLATE@]:
    if pid == os.getpid():
        continue
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        continue
    for number in range(64):
        if libc.syscall(438, handle, number, 0) >= 0:
            taken.append([pid, number])
print("TRACE", json.dumps(taken))
"""


def observe(graded):
    assert graded.told() == []
