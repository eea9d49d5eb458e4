"""Time limits for the judge's own code, where a student's values decide how long it works.

Both raise :class:`Overtime` in the main thread, again and again until the block is left, since code of
libraries may swallow an exception. Compiled code that never returns to Python is not stopped by it.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

_AGAIN = 0.5


class Overtime(BaseException):
    """Work took longer than it may; no Exception, which checks may catch."""


@contextlib.contextmanager
def within(seconds: float, *, cpu: bool = False) -> Iterator[None]:
    """Raise Overtime in the block after some seconds of wall time, or of this process's CPU time.

    Blocks of one kind may be nested; the outer one goes on where it was. In a thread nothing is bounded.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    timer, number = (signal.ITIMER_PROF, signal.SIGPROF) if cpu else (signal.ITIMER_REAL, signal.SIGALRM)
    before = signal.signal(number, _over)
    left, again = signal.setitimer(timer, max(seconds, 0.001), _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(timer, 0.0)
        signal.signal(number, before)
        if left:
            signal.setitimer(timer, left, again)


def _over(*_: Any) -> None:
    raise Overtime
