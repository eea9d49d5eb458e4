"""Cells that did not run to their end: what happened, in our words and in Python's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graders.feedback.clean import line, plain
from graders.feedback.language import page_texts as texts
from graders.results import CellResult, Outcome, Role

_ENDED_BADLY = (Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED)


@dataclass(frozen=True)
class Problem:
    """A cell that did not run to its end: what happened, in words and in Python's."""

    reason: str
    error: str = ""
    help: str = ""
    traceback: str = ""


def problems_of(cells: Iterable[CellResult], most: int, text: int, code: int) -> tuple[Problem, ...]:
    """Return what happened in the first ``most`` cells that did not end well, with so many characters each."""
    ended = [c for c in cells if c.error or (c.role is not Role.CHECKS and c.outcome in _ENDED_BADLY)]
    return tuple(_problem(cell, text, code) for cell in ended[:most])


def _problem(cell: CellResult, text: int, code: int) -> Problem:
    badly = cell.outcome in _ENDED_BADLY and cell.outcome is not None
    reason = texts.CELL_REASON[cell.outcome] if badly and cell.outcome else texts.ERROR_HERE
    if cell.error is None:
        return Problem(reason)
    name = line(cell.error.name, text)
    return Problem(
        reason=reason,
        error=f"{name}: {plain(cell.error.message, text)}".removesuffix(": "),
        help=texts.ERROR_HELP.get(name, ""),
        traceback=plain(cell.error.traceback, code).strip("\n"),
    )
