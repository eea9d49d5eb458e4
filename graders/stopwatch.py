"""The judge's stopwatch: what calls cost in the student's kernel and in the reference's, side by side."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from graders.bridge.remote import Bridge
from graders.bridge.student_errors import StudentEnded, StudentError
from graders.check.session import Spent
from graders.datasets import hidden
from graders.errors import JudgeError
from graders.sandbox.meter import TreeClock, core_of


class NotTheirs(StudentError):
    """What should be timed has no counterpart: the student put something else in its place."""


@dataclass
class Side:
    """A kernel that is timed: what counts its CPU time, how it is asked, and where both stood after a call."""

    clock: TreeClock
    bridge: Bridge
    _after: Spent = field(default=Spent(0.0, 0.0))

    def time(self, func: Any, args: tuple[Any, ...], *, synchronise: bool) -> tuple[Spent, Any]:
        """Return cost and result of a call, the result fetched and, if asked for, accelerators idle."""
        before, began = self.clock.seconds(), time.monotonic()
        result = func(*args)
        if synchronise:
            self.bridge.synchronise()
        wall = time.monotonic() - began
        self._after = self._now()
        return Spent(self._after.cpu - before, wall), result

    def since(self) -> Spent:
        """Return the CPU seconds since the last call ended, and the wall seconds spent on waiting for more."""
        now = self._now()
        return Spent(now.cpu - self._after.cpu, now.wall - self._after.wall)

    def _now(self) -> Spent:
        return Spent(self.clock.seconds(), self.bridge.waited)


@dataclass
class Watch:
    """Times calls in the student kernel and in the reference kernel, from outside both."""

    theirs: Side
    ours: Side

    @staticmethod
    def first_seed(asked: str) -> int:
        """Return where to count the seeds of a check's inputs from: known to the judge alone."""
        return hidden.hidden_seed(f"timed: {asked}") % 2**24 if hidden._secret else 0

    def usual_clock(self) -> str:
        """Return ``wall`` where the reference's kernel, which runs no student's code, has a GPU."""
        with _our_fault():
            return "wall" if self.ours.bridge.synchronise() else "cpu"

    def student(self, func: Any, args: tuple[Any, ...], *, synchronise: bool = False) -> tuple[Spent, Any]:
        """Return cost and result of the student's function."""
        found = self.theirs.time(func, args, synchronise=synchronise)
        if not self.theirs.clock.running:
            raise StudentEnded("The student's kernel ended.")  # and with it its times
        return found

    def since(self) -> tuple[Spent, Spent]:
        """Return what both cost since their last calls ended: what was put off, and being compared.

        Both, since the kernel may count the last slice of a process only once it has stopped.
        """
        return self.theirs.since(), self.ours.since()

    def reference(
        self, func: Any, args: tuple[Any, ...], using: tuple[Any, ...] = (), *, synchronise: bool = False
    ) -> tuple[Spent, Any]:
        """Return cost and result of the function of the same name in the reference kernel.

        With ``using``, ``func`` is the check's own and gets the reference's functions of those names first.
        """
        with _our_fault():
            target = func if using else self._counterpart(func)
            helpers = tuple(self._counterpart(helper) for helper in using)
            with self._held():
                return self.ours.time(target, (*helpers, *args), synchronise=synchronise)

    def _counterpart(self, func: Any) -> Any:
        """Return what has a function's name in the reference kernel; a baseline is the judge's, by name."""
        path = getattr(func, "_graders_path", ())
        if not path and isinstance(func, FunctionType):
            path = (func.__name__,)
        if not path:
            raise NotTheirs("The timed function is not one of the student's.")
        if not path[0].isidentifier():
            raise JudgeError("A timed function needs a name, of the student's code or by def.")
        target = self.ours.bridge.get(path[0])
        for name in path[1:]:
            target = getattr(target, name)
        return target

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        """Let the student's processes stand still: what they do to caches would slow the reference."""
        held: set[int] = set()
        try:
            while more := set(self.theirs.clock.processes()) - held:
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
        """Keep both kernels on one core while they are timed: the same caches, the same clock, in turn.

        It is the core the student's kernel is on, so that several gradings spread over a machine.
        """
        cores = os.sched_getaffinity(0)
        core = core_of(self.theirs.clock.pid)
        self._allow({core if core in cores else min(cores)})
        try:
            yield
        finally:
            self._allow(cores)

    def _allow(self, cores: set[int]) -> None:
        for side in (self.theirs, self.ours):
            with contextlib.suppress(OSError):  # it ended, or may not be moved: noisier, but not wrong
                os.sched_setaffinity(side.clock.pid, cores)


@contextlib.contextmanager
def _our_fault() -> Iterator[None]:
    """Make what goes wrong in the reference's kernel an error of the instructor's."""
    try:
        yield
    except NotTheirs:
        raise
    except (StudentError, NameError) as error:
        raise JudgeError(f"The reference could not be timed: {type(error).__name__}: {error}") from error
