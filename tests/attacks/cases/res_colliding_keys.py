"""Returns sets and dicts whose keys all have the same hash, so that building them takes for ever."""

import time

LIMITS = {"cell_seconds": 4, "call_seconds": 3}
CODE = """
from graders.bridge import shim
from graders.bridge.wire import Frame
same = [["int", hex(n * (2**61 - 1))] for n in range(20, 20_020)]
reply = shim.Server._reply
def lie(self, frame):
    return Frame({"ok": ["set", same]}) if frame.body["op"] == "call" else reply(self, frame)
shim.Server._reply = lie
def centre(values):
    return None
"""


def observe(graded):
    began = time.process_time()
    {n * (2**61 - 1) for n in range(20, 20_020)}
    once, judge = time.process_time() - began, graded.result.costs["judge"]
    assert judge < once, f"the judge took {judge:.1f} s, and building one such set takes {once:.1f} s"
