"""Prints one line of two hundred megabytes."""

LIMITS = {"cell_seconds": 3, "memory_mb": 900}
CODE = """
print("x" * 200_000_000)
"""
