"""Prints and raises half characters, which cannot be written as UTF-8."""

CODE = r"""
k = get_ipython().kernel
k.session.pack = lambda content: __import__("json").dumps(content, default=str).encode()
try:
    print("\ud800")
except Exception as error:
    print(error)
k.session.send(k.iopub_socket, "stream", {"name": "stdout", "text": "half \ud800 \udfff"}, parent=k.get_parent("shell"))
k.session.send(k.iopub_socket, "display_data", {"data": {"text/plain": "\udc80", "\ud800": "x"}, "metadata": {}}, parent=k.get_parent("shell"))
def centre(values):
    raise ValueError("half \ud800")
"""
