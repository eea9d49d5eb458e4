"""Replaces builtins that checks are made of, and the exception that asserts raise."""

CODE = r"""
import builtins
for name in ("abs", "all", "any", "isinstance", "issubclass", "hasattr"):
    pass
builtins.AssertionError = type("AssertionError", (BaseException,), {})
builtins.abs = lambda value: 0
builtins.sum = lambda *args: 0
def centre(values):
    return 0
"""
LIMITS = {"cell_seconds": 0.6, "call_seconds": 0.3}
