"""Looks for other processes in every /proc it can find or mount."""

CODE = """
import ctypes, glob, json, os
libc = ctypes.CDLL(None)
os.makedirs("/tmp/proc", exist_ok=True)
mounted = libc.mount(b"proc", b"/tmp/proc", b"proc", 0, None)
seen = [p for p in glob.glob("/proc/[0-9]*") + glob.glob("/tmp/proc/[0-9]*") if int(p.rsplit("/")[-1]) not in (1, os.getpid())]
writable = []
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/proc/1/oom_score_adj", "/sys/kernel/uevent_helper", "/sys/fs/cgroup/cgroup.procs"):
    try:
        open(path, "a").close()
        writable.append(path)
    except OSError:
        pass
print("TRACE", json.dumps([mounted, seen, writable]))
"""


def observe(graded):
    assert graded.told() == [-1, [], []]
