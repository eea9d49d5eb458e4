"""Writes records, verdicts and commands of the grader's own protocol into the bridge, over and over."""

CODE = r"""
import os, threading, time, struct, json
record = {"name": "centre_test#1", "asked": "x", "outcome": "passed", "points": 4.0, "max_points": 4.0}
bodies = [{"records": [record], "alive": True, "wall_seconds": 0.0}, {"do": "checks"}, {"error": None}, {"id": 1, "ok": ["verdict", 1.0]},
          {"callback": 0, "args": ["list", []], "kwargs": ["dict", []]}, {"callback": -1, "args": [], "kwargs": {}}, {"callback": [], "args": 3}, {"missing": True, "id": 1}]
def flood():
    for turn in range(400):
        header = json.dumps({"body": bodies[turn % len(bodies)], "sizes": []}).encode()
        try:
            os.write(105, struct.pack("!4sIQ", b"GRB1", len(header), 0) + header)
        except OSError:
            return
        time.sleep(0.002)
threading.Thread(target=flood).start()
def centre(values):
    return values
"""
LIMITS = {"cell_seconds": 2, "call_seconds": 1}
