"""Asks the judge back for ever instead of answering."""

LIMITS = {"cell_seconds": 0.5, "call_seconds": 0.3}
CODE = """
from graders.bridge import shim
from graders.bridge.wire import Frame, send
def answer(self, frame):
    while True:
        send(self._sock, Frame({"callback": 0, "args": ["list", []], "kwargs": ["dict", []]}))
shim.Server._answer = answer
"""
