"""Attaches to other processes and reads and writes their memory: ptrace, process_vm_readv, /proc/PID/mem."""

CODE = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)
done = []
buffer = ctypes.create_string_buffer(64)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
for pid in [os.getpid(), os.getppid(), *range(1, 100), @TEMPLATE@]:
    if os.path.exists(f"/proc/self/task/{pid}") and pid != os.getpid():
        continue
    if libc.ptrace(16, pid, 0, 0) == 0:
        done.append(["ptrace", pid])
    if libc.process_vm_readv(pid, vector, 1, vector, 1, 0) > 0:
        done.append(["readv", pid])
    if libc.process_vm_writev(pid, vector, 1, vector, 1, 0) > 0:
        done.append(["writev", pid])
    if not os.path.exists(f"/proc/self/task/{pid}"):
        try:
            open(f"/proc/{pid}/mem", "r+b")
            done.append(["mem", pid])
        except OSError:
            pass
print("TRACE", json.dumps(done))
"""


def observe(graded):
    assert graded.told() == []
