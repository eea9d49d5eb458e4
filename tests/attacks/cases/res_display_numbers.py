"""Displays numbers that JSON cannot write or that take long to write."""

CODE = """
display({"application/json": [float("nan"), float("inf"), 10**4000, -0.0, 1e308], "text/plain": "x"}, raw=True)
k = get_ipython().kernel
k.session.pack = lambda content: b'{"data": {"application/json": [NaN, Infinity, 1e999]}, "metadata": {}}' if "data" in content else json_pack(content)
"""
