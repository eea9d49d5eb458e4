"""Answers with thousands of arrays that all refer to the same bytes: eight megabytes become a terabyte."""

CHAPTER = "ch02_vocabulary"
ANSWERS = {
    "pow": """
from graders.bridge import shim
from graders.bridge.wire import Frame
reply = shim.Server._reply
def bomb(self, frame):
    if frame.body["op"] != "call":
        return reply(self, frame)
    return Frame({"ok": ["list", [["array", "|u1", [7 * 2**20], 0]] * 100_000]}, [b"0" * (7 * 2**20)])
shim.Server._reply = bomb
def pow(base, exponent): pass
""",
}


def observe(graded):
    assert graded.records["pow_test#1"].outcome == "failed"
