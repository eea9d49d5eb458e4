"""Answers a check byte by byte, so that the answer never ends."""

LIMITS = {"cell_seconds": 0.5, "call_seconds": 0.3}
CODE = """
from graders.bridge import shim
import struct, time
def answer(self, frame):
    self._sock.sendall(struct.pack("!4sIQ", b"GRB1", 1000, 0))
    while True:
        self._sock.sendall(b" ")
        time.sleep(0.01)
shim.Server._answer = answer
"""
