"""Sends headers that promise more than there is: lengths, sizes, shapes and types of every absurd kind."""

LIMITS = {"cell_seconds": 2, "call_seconds": 0.5}
CODE = """
import itertools, json, struct
from graders.bridge import shim
def tree(ok, sizes=()):
    return lambda n: (json.dumps({"body": {"id": n, "ok": ok}, "sizes": list(sizes)}).encode(), sum(sizes) if sizes else 0)
kinds = itertools.cycle([
    tree(["array", "<f8", [2**47, 2**47], 0]), tree(["array", "<f8", [10**6, 10**6], 0], [8]), tree(["array", "<U999999999", [1], 0], [4]),
    tree(["array", "|O", [1], 0], [8]), tree(["array", "<f8", [-1, 8], 0], [8]), tree(["array", "V99999999", [0], 0], [0]),
    tree(["sparse", True, "csr", [2**31 - 1, 2**31 - 1], 0, 0, 0]), tree(["frame", ["rangeindex", 0, 2**39, 1, ["list", [None]]], [], ["rangeindex", 0, 2**39, 1, ["list", [None]]]]),
    lambda n: (b"[" * 10**6, 0), lambda n: (b"{}", 2**63), lambda n: (b'{"body": {}, "sizes": [1e999]}', 0), lambda n: (b'{"body": {}, "sizes": [9999999999999]}', 9999999999999),
])
def answer(self, frame):
    header, size = next(kinds)(frame.body["id"])
    self._sock.sendall(struct.pack("!4sIQ", b"GRB1", len(header), size) + header + b"x" * min(size, 8))
shim.Server._answer = answer
"""
