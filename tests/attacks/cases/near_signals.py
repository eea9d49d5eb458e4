"""Sends every signal to every process it can name."""

CODE = """
import json, os, time
done = []
for pid in [*range(-1, 400), -2**31 + 1, 2**22 - 1, @TEMPLATE@, -@TEMPLATE@, os.getppid()]:
    if pid in (os.getpid(), 0, -1, 1, -os.getpid(), -os.getpgid(0)) or os.path.exists(f"/proc/self/task/{pid}"):
        continue
    for number in (0, 18, 9):
        try:
            os.kill(pid, number)
            done.append(pid)
        except (OSError, OverflowError):
            pass
print("TRACE", json.dumps(sorted(set(done))), flush=True)
time.sleep(0.5)
os.kill(1, 9)
os.kill(-1, 9)
"""


def observe(graded):
    assert graded.told() == []
