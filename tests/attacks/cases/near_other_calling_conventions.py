"""Makes denied system calls by the numbers of other architectures, which a careless filter lets through."""

CODE = """
import ctypes, json, os
libc, done = ctypes.CDLL(None, use_errno=True), []
for number in (272, 165, 101, 319):  # unshare, mount, ptrace, memfd_create with the bit of the x32 convention
    pid = os.fork()
    if pid == 0:
        os._exit(int(libc.syscall(0x40000000 | number, 0x10000000, 0, 0, 0) >= 0))
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1:
        done.append(number)
print("TRACE", json.dumps(done))
"""


def observe(graded):
    assert graded.told() == []
