"""Raises the hidden data as the message of an exception."""

CODE = r"""
def centre(values):
    raise ValueError(f"I was called with {values.tolist()} {values!r}")
"""
