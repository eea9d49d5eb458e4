"""Sends large messages on the channels that nobody reads."""

LIMITS = {"cell_seconds": 4, "memory_mb": 1800}
CODE = """
import time, zmq
k = get_ipython().kernel
ident, part = k._parent_ident["shell"], b"x" * 15_000_000
sock = zmq.Socket.shadow(k.stdin_socket.underlying)
for _ in range(60):
    sock.send_multipart([*(ident if isinstance(ident, list) else [ident]), part])
time.sleep(1)
print("TRACE sent")
"""
