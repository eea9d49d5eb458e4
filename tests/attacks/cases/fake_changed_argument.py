"""Overwrites its argument, so that an expected value computed from it afterwards fits the answer."""

CODE = r"""
def centre(values):
    values[:] = 0.0
    return values * 0.0
"""
