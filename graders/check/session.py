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

    @property
    def passed(self) -> bool:
        """Whether the check earned all its points."""
        return self.share >= 1.0


PASS = Verdict(1.0)


def fail(problem: str, shown: str = "") -> Verdict:
    """Return the verdict of a check that earned nothing."""
    return Verdict(0.0, problem=problem, shown=shown)


class Spent(NamedTuple):
    """What a call cost: seconds of CPU of all processes of its sandbox, and of wall time."""

    cpu: float
    wall: float


class Stopwatch(Protocol):
    """Measures calls from outside the process that runs them; only the judge has one."""

    def first_seed(self, asked: str) -> int:
        """Return a number that nobody can know before, to count the seeds of inputs from."""

    def student(self, func: Any, args: tuple[Any, ...]) -> tuple[Spent, Any]:
        """Return cost and result of the student's function."""

    def reference(self, func: Any, args: tuple[Any, ...]) -> tuple[Spent, Any]:
        """Return cost and result of the reference's function of the same name."""

    def since(self) -> float:
        """Return the CPU seconds of the student's processes since their last call ended."""


class Recorder(Protocol):
    """Receives verdicts in the judge."""

    stopwatch: Stopwatch | None

    def watch_arguments(self, on: bool) -> None:
        """Say whether calls bring back what they changed in their arguments."""

    def report(self, asked: str, hint: str, verdict: Verdict) -> None:
        """Keep the verdict of the check that is being made."""


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
    verdict = judge_it()
    if recorder is not None:
        recorder.report(asked, hint, verdict)
    elif verdict.passed:
        print(f"✓ {asked}")
    else:
        raise CheckFailed(_message(asked, hint, verdict))


def _message(asked: str, hint: str, verdict: Verdict) -> str:
    lines = [f"✗ {asked}", verdict.shown or verdict.problem]
    if verdict.required:
        lines.append(f"Asked: {verdict.required}. Found: {verdict.measured}.")
    if hint:
        lines.append(f"Hint: {hint}")
    return "\n  ".join(line for line in lines if line)
