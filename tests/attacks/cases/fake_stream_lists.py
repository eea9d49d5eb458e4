"""Sends stream output as lists of text, which the notebook format allows."""

CODE = r"""
k = get_ipython().kernel
for text in (["a", "b"], ["c"] * 1000, "d", ["e"]):
    k.session.send(k.iopub_socket, "stream", {"name": "stdout", "text": text}, parent=k.get_parent("shell"))
    k.session.send(k.iopub_socket, "stream", {"name": "stderr", "text": text}, parent=k.get_parent("shell"))
"""
