"""Reports many large errors with large names."""

CODE = """
k = get_ipython().kernel
for _ in range(150):
    content = {"ename": "E" * 100_000, "evalue": "v" * 100_000, "traceback": ["t" * 10_000] * 60}
    k.session.send(k.iopub_socket, "error", content, parent=k.get_parent("shell"))
"""
