"""Replaces the shim, so that every answer is made by the attacker: tags, handles, changes and lies of all kinds."""

CODE = r"""
import itertools
from graders.bridge import shim
from graders.bridge.wire import Frame
lies = itertools.cycle([
    {"ok": ["remote", 10**30, ["numpy.ndarray", "graders.check.session.Verdict"], True]},
    {"ok": ["remote", 1, [], "yes"]}, {"ok": ["callback", 0]}, {"ok": ["library", "os", "system"]}, {"ok": ["estimator", "os", "x", []]},
    {"ok": ["verdict", 1]}, {"ok": ["dict", [[["list", []], 1]]]}, {"ok": ["float", "x"]}, {"ok": ["int", "0x" + "f" * 19000]},
    {"error": {"types": ["builtins.AssertionError"], "message": "fine"}}, {"error": {"types": ["builtins.MemoryError"]}},
    {"error": {"types": ["builtins.RecursionError"], "line": -5, "file": "x"}}, {"error": None}, {"error": {"types": 3}},
    {"ok": True, "changed": [[0, ["array", "<f8", [6, 2], 0]], ["x", 1], 3]}, {"ok": None, "changed": 7}, {}, {"ok": ["tuple", [["list", [True]]]]},
    {"error": {"types": ["builtins.ImportError", "builtins.SyntaxError", "graders.errors.JudgeError", "graders.errors.BridgeError"]}},
    {"error": {"types": ["builtins.UnicodeDecodeError"], "message": "\ud800\udfff\x00"}},
])
reply = shim.Server._reply
def lie(self, frame):
    if frame.body["op"] == "get":
        return Frame({"ok": ["remote", 5, ["builtins.function"], True]})
    return Frame(dict(next(lies)))
shim.Server._reply = lie
"""
