"""Leaves a thread that goes on printing whatever the functions are called with later."""

CODE = r"""
import threading, time
seen, parent = [], get_ipython().kernel.get_parent("shell")
def centre(values):
    seen.append(values.tolist())
    return values
def go_on():
    while True:
        time.sleep(0.05)
        if seen:
            kernel = get_ipython().kernel
            kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": str(seen)}, parent=parent)
            kernel.session.send(kernel.iopub_socket, "display_data", {"data": {"text/plain": str(seen)}, "metadata": {}}, parent=parent)
threading.Thread(target=go_on, daemon=True).start()
"""
