"""Where a check's verdict goes: to the judge's recorder if there is one, else to the notebook's reader.

A verdict has two texts. ``problem`` says what is wrong without any value, so it may be shown for a
hidden check; ``shown`` adds values and is for visible checks and for instructors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from graders.results import Outcome


@dataclass(frozen=True)
class Verdict:
    """What a check found: the share of its points earned (0 to 1) and why."""

    share: float
    problem: str = ""
    shown: str = ""
    required: str = ""
    measured: str = ""
    outcome: Outcome | None = None
    public_values: bool = True
    metrics: dict[str, Any] = field(default_factory=dict)
    hint: str = ""  # for a check whose author gave none

    @property
    def passed(self) -> bool:
        """Whether the check earned all its points."""
        return self.share >= 1.0


PASS = Verdict(1.0)


def fail(problem: str, shown: str = "", hint: str = "") -> Verdict:
    """Return the verdict of a check that earned nothing; ``hint`` serves where the author gave none."""
    return Verdict(0.0, problem=problem, shown=shown, hint=hint)


class Spent(NamedTuple):
    """What a call cost: seconds of CPU of all processes of its sandbox, and of wall time."""

    cpu: float
    wall: float

    def plus(self, other: Spent) -> Spent:
        """Return what both cost together."""
        return Spent(self.cpu + other.cpu, self.wall + other.wall)


class Stopwatch(Protocol):
    """Measures calls from outside the process that runs them; only the judge has one."""

    def first_seed(self, asked: str) -> int:
        """Return a number that nobody can know before, to count the seeds of inputs from."""

    def usual_clock(self) -> str:
        """Return ``wall`` where the reference computes on a GPU, which no CPU time shows; else ``cpu``."""

    def student(self, func: Any, args: tuple[Any, ...], *, synchronise: bool = False) -> tuple[Spent, Any]:
        """Return cost and result of a call that works in the student's kernel.

        With ``synchronise`` the call ends when its kernel has nothing left to compute on an accelerator.
        """

    def reference(
        self, func: Any, args: tuple[Any, ...], using: tuple[Any, ...] = (), *, synchronise: bool = False
    ) -> tuple[Spent, Any]:
        """Return cost and result of the reference kernel's function of the same name.

        With ``using``, ``func`` is the check's own and gets the reference's functions of those names first.
        """

    def since(self) -> tuple[Spent, Spent]:
        """Return what the student's kernel and the reference's cost since their last calls ended.

        The wall time is that in which the judge waited for them.
        """


class Recorder(Protocol):
    """Receives verdicts in the judge."""

    stopwatch: Stopwatch | None

    def watch_arguments(self, on: bool) -> None:
        """Say whether calls bring back what they changed in their arguments."""

    def report(self, asked: str, hint: str, verdict: Verdict) -> None:
        """Keep the verdict of the check that is being made."""

    def define(self, name: str, source: str) -> Any:
        """Define a function where the student's code runs and return a handle to it."""


RECORDER: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


@contextmanager
def watching_arguments() -> Iterator[None]:
    """See what a call changes in its arguments; elsewhere the judge's own values stay as they are."""
    recorder = RECORDER.get()
    if recorder is None:
        yield
        return
    recorder.watch_arguments(True)
    try:
        yield
    finally:
        recorder.watch_arguments(False)


class CheckFailed(AssertionError):
    """A check found something to improve; its text says what, and the hint where to look."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook: the traceback of a check helps nobody."""
        return [str(self)]


def settle(asked: str, hint: str, judge_it: Callable[[], Verdict]) -> None:
    """Make a check: find its verdict and record, print or raise it."""
    if not isinstance(asked, str):
        raise TypeError("A check starts with the sentence of what is asked, a string.")
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.report(asked, hint, judge_it())
        return
    verdict = _in_a_notebook(judge_it)
    if not verdict.passed:
        raise CheckFailed(_message(asked, hint or verdict.hint, verdict))
    print(f"✓ {asked}")


def _in_a_notebook(judge_it: Callable[[], Verdict]) -> Verdict:
    """Find a verdict; a released answer nobody wrote yet is told from an error in one."""
    try:
        return judge_it()
    except NotImplementedError as error:
        if error.args:
            raise  # a library's: it says what is missing
        unwritten = fail(f"{_raised_in(error)} is not written yet.")
    return unwritten


def _raised_in(error: BaseException) -> str:
    """Name the function that raised, as its author writes it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace is not None else None
    name = code.co_qualname.rsplit("<locals>.", 1)[-1] if code is not None else "<"
    return "This" if "<" in name else f"`{name}`"


def _message(asked: str, hint: str, verdict: Verdict) -> str:
    lines = [f"✗ {asked}", verdict.shown or verdict.problem]
    if verdict.required:
        lines.append(f"Asked: {verdict.required}. Found: {verdict.measured}.")
    if hint:
        lines.append(f"Hint: {hint}")
    return "\n  ".join(line for line in lines if line)
