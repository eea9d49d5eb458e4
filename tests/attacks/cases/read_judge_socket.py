"""Talks to the sockets of the templates and asks them for a process of its own."""

CODE = r"""
import json, socket
told = []
for address in ("@JUDGES@", "@KERNELS@", "\0@JUDGES@", "@TEMPORARY@"):
    for kind in (socket.SOCK_SEQPACKET, socket.SOCK_STREAM):
        sock = socket.socket(socket.AF_UNIX, kind)
        try:
            sock.connect(address)
            sock.send(json.dumps({"target": "os:system", "arguments": "id", "limits": {}, "wall": "none", "files": {}}).encode())
            told.append(address)
        except OSError:
            pass
print("TRACE", json.dumps(told))
"""


def observe(graded):
    assert graded.told() == []
