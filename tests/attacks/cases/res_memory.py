"""Fills memory until something gives way."""

EXPECT = {"outcome": ["out_of_memory", "crashed"]}
CODE = """
kept = []
while True:
    kept.append(b"x" * 2**24)
"""
