"""Tells the judge that a call changed its argument into other sizes, types and kinds."""

CODE = r"""
from graders.bridge import shim
from graders.bridge.wire import Encoder, Frame
made = iter([np.zeros((3, 2)), np.zeros((0, 2)), "text", None, [0.0], pd.DataFrame({"a": [0]}), np.zeros((3, 2), complex), np.zeros((3, 2), "U1")] * 9)
reply = shim.Server._reply
def lie(self, frame):
    if frame.body["op"] != "call":
        return reply(self, frame)
    encoder = Encoder(self._handle)
    changed = [[0, encoder.encode(next(made))], [1, 0], [-1, 0], ["values", 0]]
    return Frame({"ok": encoder.encode(np.zeros((3, 2))), "changed": changed}, encoder.buffers)
shim.Server._reply = lie
def centre(values):
    return None
"""
