"""Writes garbage on the kernel's sockets, with and without the right key, and frames that never end."""

CODE = r"""
import os, stat
k = get_ipython().kernel
parent = k.get_parent("shell")
for parts in ([b"x"], [b"a", b"<IDS|MSG>"], [b"", b"<IDS|MSG>", b"bad", b"{", b"{", b"{", b"{"], [b"<IDS|MSG>"] + [b"\xff" * 100] * 20):
    k.iopub_socket.send_multipart(parts) if hasattr(k.iopub_socket, "send_multipart") else None
for number in range(3, 100):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            os.set_blocking(number, False)
            os.write(number, b"\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f" + os.urandom(500))
    except OSError:
        pass
"""
LIMITS = {"cell_seconds": 2, "submission_seconds": 15}
