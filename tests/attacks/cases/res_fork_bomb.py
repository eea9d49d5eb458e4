"""Forks as fast as it can."""

LIMITS = {"cell_seconds": 2, "call_seconds": 1}
CODE = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
