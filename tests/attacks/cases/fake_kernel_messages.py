"""Sends forged status, replies and results with the kernel's own key, for this cell and for those to come."""

CODE = r"""
kernel = get_ipython().kernel
parent, ident = kernel.get_parent("shell"), kernel._parent_ident["shell"]
replies = getattr(kernel, "shell_stream", None) or kernel.shell_socket
ok = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
for _ in range(5):
    kernel.session.send(replies, "execute_reply", ok, parent=parent, ident=ident)
    kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
    kernel.session.send(kernel.iopub_socket, "execute_result", {"data": {"text/plain": "passed"}, "metadata": {}, "execution_count": 1}, parent=parent)
    kernel.session.send(kernel.iopub_socket, "shutdown_reply", {"restart": False}, parent=parent)
import time
time.sleep(3)
raise ValueError
"""
