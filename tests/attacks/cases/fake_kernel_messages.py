"""Sends forged status, replies and results with the kernel's own key, for this cell and for those to come."""

CODE = r"""
kernel = get_ipython().kernel
parent = kernel.get_parent("shell")
ok = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
for _ in range(5):
    kernel.session.send(kernel.shell_stream if hasattr(kernel, "shell_stream") else kernel.shell_socket, "execute_reply", ok, parent=parent, ident=kernel._parent_ident["shell"] if isinstance(kernel._parent_ident, dict) else kernel._parent_ident)
    kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
    kernel.session.send(kernel.iopub_socket, "execute_result", {"data": {"text/plain": "passed"}, "metadata": {}, "execution_count": 1}, parent=parent)
    kernel.session.send(kernel.iopub_socket, "shutdown_reply", {"restart": False}, parent=parent)
import time
time.sleep(3)
raise ValueError
"""
