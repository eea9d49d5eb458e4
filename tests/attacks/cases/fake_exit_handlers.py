"""Leaves code that runs when the process ends, after the last check: atexit, finalizers, signal handlers."""

CODE = r"""
import atexit, signal, sys, threading, weakref
def pass_all():
    import os
    for number in range(3, 200):
        try:
            os.write(number, b'{"records": [], "alive": true}')
        except OSError:
            pass
atexit.register(pass_all)
threading._register_atexit(pass_all)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(number, lambda *args: pass_all())
class Last:
    __del__ = lambda self: pass_all()
last = Last()
"""
