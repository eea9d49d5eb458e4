"""A cell sleeps for ever."""

LIMITS = {"cell_seconds": 1.0}
EXPECT = {"outcome": ["timed_out"]}
CODE = """
import time
time.sleep(1000)
"""
