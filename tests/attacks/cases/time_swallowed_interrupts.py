"""Ignores interrupts in every way and goes on."""

LIMITS = {"cell_seconds": 1}
EXPECT = {"outcome": ["timed_out", "crashed"]}
CODE = """
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    try:
        time.sleep(100)
    except BaseException:
        pass
"""
