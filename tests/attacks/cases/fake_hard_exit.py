"""Ends the whole process with exit code 0 whenever a check calls."""

CODE = r"""
import os
def centre(values):
    os._exit(0)
"""
EXPECT = {"outcome": ["crashed"]}
