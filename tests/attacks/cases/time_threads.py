"""Leaves as many busy threads as it can start."""

LIMITS = {"cell_seconds": 2, "call_seconds": 1}
CODE = """
import threading
def burn():
    while True:
        pass
for _ in range(500):
    try:
        threading.Thread(target=burn, daemon=True).start()
    except RuntimeError:
        break
"""
