"""Leaves children in sessions of their own that hold the bridge and answer in its place."""

CODE = r"""
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                for number in range(100, 110):
                    try:
                        os.write(number, b"GRB1")
                    except OSError:
                        pass
                time.sleep(0.05)
        os._exit(0)
"""
