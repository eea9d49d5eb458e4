"""Works at import: writes a module that never finishes being imported, and imports it."""

LIMITS = {"cell_seconds": 1}
EXPECT = {"outcome": ["timed_out"]}
CODE = """
open("slow.py", "w").write("import time\\ntime.sleep(1000)")
import slow
"""
