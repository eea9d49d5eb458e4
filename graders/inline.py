"""Checks cells that run in the student's kernel, as nbgrader runs them: from what a cell put out to its result.

What such a cell says can be forged by the student's code, so a course runs as few cells this way as it can, and
results say which. Imports results, the plan's cells and how numbers become points; runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graders.adopted import Exact
from graders.errors import JudgeError
from graders.notebooks.bundle import SourceCell
from graders.notebooks.run import Run
from graders.results import CellResult, Outcome, Record
from graders.verdicts import exact_share, share

_NUMBER = re.compile(
    r"(?:np\.\w+\()?\s*([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?nan|[-+]?inf)\s*\)?", re.I
)
_ASKED = "All tests of this cell pass"
_WHY = {
    Outcome.TIMED_OUT: "Your code took longer than it may.",
    Outcome.OUT_OF_MEMORY: "Your code needs more memory than it may.",
    Outcome.CRASHED: "Your code ended the kernel.",
    Outcome.SKIPPED: "It was not run, because kernels ended too often before it.",
}


@dataclass(frozen=True)
class _Found:
    share: float
    outcome: Outcome
    detail: str = ""
    staff: str = ""


def inline_results(
    cells: Iterable[SourceCell], runs: Mapping[str, Run], exact: Exact, noise: str
) -> dict[str, CellResult]:
    """Return the results of checks cells from their runs, by nbgrader's rules with the course's corrections.

    Once a hidden test ran, whatever the student's code says may repeat it: no words of its own are kept.
    """
    found, hidden = {}, False
    for cell in cells:
        hidden = hidden or bool(cell.hidden_lines)
        found[cell.cell_id] = _result(cell, runs[cell.cell_id], exact, noise, hidden)
    return found


def _result(cell: SourceCell, run: Run, exact: Exact, noise: str, hidden: bool) -> CellResult:
    found = _found(cell, run, exact, noise, hidden)
    ungradable = found.outcome is Outcome.UNGRADABLE
    points = None if ungradable else round(cell.points * found.share, 6)
    record = Record(
        name=f"{cell.name}#1",
        asked=_ASKED,
        outcome=found.outcome,
        points=points,
        max_points=round(cell.points, 6),
        hidden=hidden,
        detail=found.detail,
        staff=found.staff or (f"{run.error.name}: {run.error.message}" if run.error else ""),
    )
    return CellResult(
        cell_id=cell.cell_id,
        cell_type=cell.cell_type,
        role=cell.role,
        source=cell.visible,
        exercise=cell.exercise,
        outcome=found.outcome,
        points=points,
        max_points=cell.points,
        records=(record,),
        mode="inline",
        meter=run.meter,
    )


def _found(cell: SourceCell, run: Run, exact: Exact, noise: str, hidden: bool) -> _Found:
    if run.outcome in _WHY:
        return _Found(0.0, run.outcome, _WHY[run.outcome])
    for output in run.outputs:
        kind = output.get("output_type")
        if kind == "error":
            return _Found(0.0, Outcome.FAILED, _detail(run, hidden))
        if kind == "stream" and output.get("name") == "stderr" and exact.stderr:
            if not (noise and re.search(noise, str(output.get("text", "")))):
                return _Found(0.0, Outcome.FAILED, "Something was written to stderr.")
        if kind == "execute_result":
            return _of_number(str(output.get("data", {}).get("text/plain", "")), cell.points, exact)
    failed = run.outcome is not Outcome.PASSED
    return _Found(0.0, Outcome.FAILED, _detail(run, hidden)) if failed else _Found(1.0, Outcome.PASSED)


def _of_number(text: str, points: float, exact: Exact) -> _Found:
    if exact.numbers:
        try:
            part = exact_share(text, points)
        except JudgeError as error:
            return _Found(0.0, Outcome.UNGRADABLE, "A person will look at it.", str(error))
    else:
        number = _NUMBER.fullmatch(text.strip())
        part = share(float(number[1]), points) if number else 1.0
    return _Found(
        part, Outcome.PASSED if part >= 1.0 else Outcome.FAILED, "" if part >= 1.0 else "Not all of it holds."
    )


def _detail(run: Run, hidden: bool) -> str:
    """Say what went wrong, in words that hold nothing hidden."""
    name = run.error.name if run.error else ""
    if name == "AssertionError":
        told = run.error.message if run.error and not hidden else ""
        return told or "This does not hold."
    if name == "NotImplementedError":
        return "This is not written yet."
    return f"It stopped with {name}." if name.isidentifier() and not hidden else "It stopped with an error."


def without_outputs(cells: tuple[CellResult, ...]) -> tuple[CellResult, ...]:
    """Return cells without the outputs after the first hidden test that ran where their code could read it."""
    kept: list[CellResult] = []
    seen = False
    for cell in cells:
        kept.append(replace(cell, outputs=(), error=_named(cell.error)) if seen else cell)
        seen = seen or (cell.mode == "inline" and any(record.hidden for record in cell.records))
    return tuple(kept)


def _named(error: Any) -> Any:
    return replace(error, message="", traceback="") if error else None
