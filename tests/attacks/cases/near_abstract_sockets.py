"""Finds and talks to sockets with abstract names, and sits on names that others might use."""

CODE = """
import json, socket
seen, bound = [], 0
try:
    seen = [line.split()[-1] for line in open("/proc/net/unix") if "@" in line or line.split()[-1].startswith("/")]
except OSError:
    pass
for name in ("\\0graders", "\\0/tmp/.X11-unix/X0", "\\0dbus", "\\0template"):
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(name)
print("TRACE", json.dumps([s for s in seen if "inherited" not in s and "-shell" not in s and "graders-k" not in s]))
"""


def observe(graded):
    assert graded.told() == []
