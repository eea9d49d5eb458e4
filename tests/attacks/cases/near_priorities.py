"""Takes more of the machine than its share: priorities, real-time scheduling, affinity, limits, locks in memory."""

CODE = """
import ctypes, json, os, resource
libc, done = ctypes.CDLL(None, use_errno=True), []
attempts = {"nice": lambda: os.nice(-20), "realtime": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
            "others": lambda: os.setpriority(os.PRIO_PROCESS, @TEMPLATE@, 19), "affinity": lambda: os.sched_setaffinity(@TEMPLATE@, {0}),
            "limits": lambda: resource.setrlimit(resource.RLIMIT_NPROC, (10000, 10000)), "files": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2**40, 2**40)),
            "prlimit": lambda: resource.prlimit(@TEMPLATE@, resource.RLIMIT_CPU, (1, 1)), "oom": lambda: open("/proc/self/oom_score_adj", "w").write("-1000") and int(open("/proc/self/oom_score_adj").read()) >= 0 and 1 / 0}
for name, call in attempts.items():
    try:
        call()
        done.append(name)
    except (OSError, ValueError, ZeroDivisionError):
        pass
if libc.mlockall(3) == 0:
    done.append("mlockall")
print("TRACE", json.dumps(done))
"""


def observe(graded):
    assert graded.told() == []
