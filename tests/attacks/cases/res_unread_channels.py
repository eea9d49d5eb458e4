"""Sends large messages on the channels that nobody reads."""

LIMITS = {"cell_seconds": 4, "memory_mb": 1800}
CODE = """
import time, zmq
k = get_ipython().kernel
ident = k._parent_ident["shell"] if isinstance(k._parent_ident, dict) else k._parent_ident
for sock in (k.stdin_socket, k.control_stream.socket if hasattr(k, "control_stream") else None):
    if sock is not None:
        for _ in range(60):
            try:
                zmq.Socket.shadow(sock.underlying).send_multipart([ident[0], b"x" * 15_000_000], zmq.NOBLOCK, copy=False)
            except Exception as error:
                print(repr(error))
time.sleep(2)
"""
