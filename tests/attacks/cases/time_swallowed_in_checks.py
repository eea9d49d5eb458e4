"""Ignores interrupts in a function that a check calls."""

LIMITS = {"cell_seconds": 0.5, "call_seconds": 0.3}
CODE = """
import time
def centre(values):
    while True:
        try:
            time.sleep(100)
        except BaseException:
            pass
"""
