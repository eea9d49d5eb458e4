"""Raises the hidden data as the name and module of an exception class."""

CODE = r"""
def centre(values):
    name = f"Seen{values.ravel()[:2].tolist()}"
    raise type(name, (ValueError,), {"__module__": name, "__qualname__": name})(name)
"""
