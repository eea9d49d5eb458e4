"""Fills memory in many children, each below the limit of one process."""

LIMITS = {"cell_seconds": 3}
CODE = """
import os, time
for _ in range(12):
    if os.fork() == 0:
        kept = bytearray(60 * 2**20)
        kept[::4096] = b"x" * len(kept[::4096])
        time.sleep(100)
time.sleep(100)
"""
