"""Sends large messages as fast as it can, faster than anybody can read them."""

LIMITS = {"cell_seconds": 4, "memory_mb": 900}
CODE = """
k = get_ipython().kernel
content = {"data": {"text/plain": "x" * 15_000_000}, "metadata": {}}
parts = k.session.serialize(k.session.msg("display_data", content, parent=k.get_parent("shell")))
for _ in range(60):
    k.session.send(k.iopub_socket, "display_data", content, parent=k.get_parent("shell"))
"""
