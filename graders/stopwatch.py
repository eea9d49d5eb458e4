"""The judge's stopwatch: what calls cost in the student's kernel and in the reference's, side by side."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from graders.bridge.remote import Bridge
from graders.bridge.student_errors import StudentEnded, StudentError
from graders.check.session import Spent
from graders.datasets import hidden
from graders.errors import JudgeError
from graders.sandbox.meter import TreeClock


class NotTheirs(StudentError):
    """What should be timed has no counterpart: the student put something else in its place."""


@dataclass
class Watch:
    """Times calls in the student kernel and in the reference kernel by the CPU time of their sandboxes."""

    student_clock: TreeClock
    reference_clock: TreeClock
    reference_bridge: Bridge
    _ended_at: float = 0.0

    @staticmethod
    def first_seed(asked: str) -> int:
        """Return where to count the seeds of a check's inputs from: known to the judge alone."""
        return hidden.hidden_seed(f"timed: {asked}") % 2**24 if hidden._secret else 0

    def student(self, func: Any, args: tuple[Any, ...]) -> tuple[Spent, Any]:
        """Return cost and result of the student's function."""
        found = self._time(self.student_clock, func, args)
        self._ended_at = self.student_clock.seconds()
        if not self.student_clock.running:
            raise StudentEnded("The student's kernel ended.")  # and with it its times
        return found

    def since(self) -> float:
        """Return the CPU seconds of the student's processes since their last call ended."""
        return self.student_clock.seconds() - self._ended_at

    def reference(self, func: Any, args: tuple[Any, ...], using: tuple[Any, ...] = ()) -> tuple[Spent, Any]:
        """Return cost and result of the function of the same name in the reference kernel.

        With ``using``, ``func`` is the check's own and gets the reference's functions of those names first.
        """
        try:
            target = func if using else self._counterpart(func)
            helpers = tuple(self._counterpart(helper) for helper in using)
            with self._held():
                return self._time(self.reference_clock, target, (*helpers, *args))
        except NotTheirs:
            raise
        except (StudentError, NameError) as error:
            raise JudgeError(f"The reference could not be timed: {type(error).__name__}: {error}") from error

    def _counterpart(self, func: Any) -> Any:
        """Return what has a function's name in the reference kernel; a baseline is the judge's, by name."""
        path = getattr(func, "_graders_path", ())
        if not path and isinstance(func, FunctionType):
            path = (func.__name__,)
        if not path:
            raise NotTheirs("The timed function is not one of the student's.")
        if not path[0].isidentifier():
            raise JudgeError("A timed function needs a name, of the student's code or by def.")
        target = self.reference_bridge.get(path[0])
        for name in path[1:]:
            target = getattr(target, name)
        return target

    @staticmethod
    def _time(clock: TreeClock, func: Any, args: tuple[Any, ...]) -> tuple[Spent, Any]:
        before, began = clock.seconds(), time.monotonic()
        result = func(*args)
        wall = time.monotonic() - began
        return Spent(clock.seconds() - before, wall), result

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        """Let the student's processes stand still: what they do to caches would slow the reference."""
        held: set[int] = set()
        try:
            while more := set(self.student_clock.processes()) - held:
                held |= more
                for pid in more:
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in held:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGCONT)

    @contextlib.contextmanager
    def pinned(self) -> Iterator[None]:
        """Keep both kernels on one core while they are timed: the same caches, the same clock, in turn."""
        cores = os.sched_getaffinity(0)
        self._allow({min(cores)})
        try:
            yield
        finally:
            self._allow(cores)

    def _allow(self, cores: set[int]) -> None:
        for clock in (self.student_clock, self.reference_clock):
            with contextlib.suppress(OSError):  # it ended, or may not be moved: noisier, but not wrong
                os.sched_setaffinity(clock.pid, cores)
