"""Sleeps whenever a check calls."""

LIMITS = {"cell_seconds": 0.5, "call_seconds": 0.3}
EXPECT = {"outcome": ["timed_out"]}
CODE = """
import time
def centre(values):
    time.sleep(1000)
"""
