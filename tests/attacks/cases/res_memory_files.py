"""Fills memory behind descriptors: memfd, sockets, pipes, System V segments."""

LIMITS = {"cell_seconds": 3}
CODE = """
import ctypes, json, os, socket
libc, got = ctypes.CDLL(None, use_errno=True), {}
try:
    os.memfd_create("x")
    got["memfd"] = 1
except OSError:
    pass
got["shm"] = libc.shmget(0, 2**28, 0o1600) >= 0
got["msg"] = libc.msgget(0, 0o1600) >= 0
kept, total = [], 0
try:
    while total < 600 * 2**20:
        left, right = socket.socketpair()
        left.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**30)
        left.setblocking(False)
        kept += [left, right]
        try:
            while True:
                total += left.send(b"x" * 2**16)
        except BlockingIOError:
            pass
except OSError:
    pass
got["sockets"] = total > 400 * 2**20
print("TRACE", json.dumps(got))
"""


def observe(graded):
    if "TRACE" in graded.printed():
        assert not any(graded.told().values())
