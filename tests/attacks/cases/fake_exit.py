"""Leaves with exit code 0 in the middle of a check: sys.exit and its relatives."""

CODE = r"""
import sys
calls = [0]
def centre(values):
    calls[0] += 1
    raise [SystemExit(0), GeneratorExit, KeyboardInterrupt, StopIteration, BaseException("fine")][calls[0] % 5]
"""
