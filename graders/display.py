"""What the command line shows: live progress on a terminal, plain lines in a log, tables of results."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from graders.batch.autograde import Change, Hooks
from graders.results import Outcome, SubmissionResult

_LOG_EVERY_SECONDS = 10.0


def plain(text: str) -> str:
    """Escape text that is not markup for rich."""
    return text.replace("[", r"\[")


class Display:
    """Shows a run: a bar with rate, outcomes and the slowest now running; lines if not on a terminal."""

    def __init__(self, json_lines: bool = False, yes: bool = False) -> None:
        self._json = json_lines
        self._yes = yes
        self._console = Console(stderr=True)
        self._live = self._console.is_terminal and not json_lines
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=self._console, transient=True, disable=not self._live)
        self._task = self._bar.add_task("grading", total=None, rate="")
        self._running: dict[tuple[str, str], float] = {}
        self._outcomes: Counter[str] = Counter()
        self._total = 0
        self._began = self._said = time.monotonic()

    def __enter__(self) -> Display:
        self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.stop()

    def hooks(self) -> Hooks:
        """Return what the run should call."""
        return Hooks(self._planned, self._started, self._finished, self._confirm)

    def _planned(self, total: int, known: int) -> None:
        self._total = total
        self._bar.update(self._task, total=total)
        if not self._json:
            self._console.print(f"{total} to grade, {known} known.")

    def _started(self, student: str, chapter: str) -> None:
        self._running[student, chapter] = time.monotonic()
        self._describe()

    def _finished(self, result: SubmissionResult) -> None:
        self._running.pop((result.student, result.chapter), None)
        self._outcomes[result.outcome.value] += 1
        self._bar.advance(self._task)
        self._describe()
        if self._json:
            sys.stdout.write(json.dumps(_line(result)) + "\n")
            sys.stdout.flush()
        elif not self._live and time.monotonic() - self._said > _LOG_EVERY_SECONDS:
            self._said = time.monotonic()
            self._console.print(f"{sum(self._outcomes.values())}/{self._total} graded, {self._counts()}")

    def _describe(self) -> None:
        done = sum(self._outcomes.values())
        rate = f"{done / max(0.1, time.monotonic() - self._began):.1f}/s {self._counts()}"
        slowest = min(self._running, key=self._running.__getitem__, default=None)
        text = f"{slowest[0]}, {slowest[1]}"[:30] if slowest else "grading"
        self._bar.update(self._task, description=plain(text), rate=rate)

    def _counts(self) -> str:
        return " ".join(f"{count} {name}" for name, count in sorted(self._outcomes.items()))

    def _confirm(self, changes: list[Change]) -> bool:
        """Show whom edited tests change, before and after and in which checks, and ask."""
        self._bar.stop()
        self._console.print(f"Edited tests change these scores: {_summary(changes)}")
        self._console.print(changes_table(changes))
        if self._yes:
            return True
        if not self._console.is_terminal or self._json:
            return False
        return self._console.input("Replace them? [y/N] ").strip().lower() in ("y", "yes")


def _line(result: SubmissionResult) -> dict[str, Any]:
    return {
        "student": result.student,
        "chapter": result.chapter,
        "outcome": result.outcome.value,
        "points": result.points,
        "max_points": result.max_points,
        "needs_attention": result.needs_attention,
        "seconds": round(result.meter.wall_seconds, 3),
        "why": why(result),
    }


def changes_table(changes: list[Change]) -> Table:
    """Return a table of scores before and after, and of the checks that make the difference."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("student", "chapter", "before", "after", "which checks"):
        table.add_column(name, overflow="fold")
    for change in changes:
        scores = _score(change.before), _score(change.after)
        checks = plain("; ".join(changed_checks(change)))
        table.add_row(plain(change.after.student), change.after.chapter[:4], *scores, checks)
    return table


def changed_checks(change: Change) -> list[str]:
    """Return the checks whose points are others than before, in order, with both: new, gone or changed."""
    before, after = _points_by_check(change.before), _points_by_check(change.after)
    names = [name for name in {**after, **before} if before.get(name) != after.get(name)]
    return [
        f"{cell} {asked}: {before.get((cell, asked), '-')} → {after.get((cell, asked), '-')}"
        for cell, asked in names
    ]


def _points_by_check(result: SubmissionResult) -> dict[tuple[str, str], str]:
    """Return points by cell and sentence: numbers of checks move when others are put before them."""
    return {
        (cell.cell_id, record.asked): "-"
        if record.points is None
        else f"{record.points:g}/{record.max_points:g}"
        for notebook in result.notebooks
        for cell in notebook.cells
        for record in cell.records
        if record.max_points
    }


def _summary(changes: list[Change]) -> str:
    """Say how many lose and how many win."""
    scores = [(change.before.points, change.after.points) for change in changes]
    lower = sum(before is not None and after is not None and after < before for before, after in scores)
    higher = sum(before is not None and after is not None and after > before for before, after in scores)
    return f"{lower} lower, {higher} higher, {len(changes) - lower - higher} can no longer or again be graded."


def _score(result: SubmissionResult) -> str:
    return "-" if result.points is None else f"{result.points:g}/{result.max_points:g}"


_COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "yellow", Outcome.UNGRADABLE: "magenta"}


def results_table(results: list[SubmissionResult]) -> Table:
    """Return a table of results: who, what, points, outcome and why."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("student", "chapter", "points", "outcome", "why"):
        table.add_column(name, justify="right" if name == "points" else "left", overflow="fold")
    for result in results:
        points = _score(result)
        colour = _COLOURS.get(result.outcome, "red")
        outcome = f"[{colour}]{result.outcome.value}[/]"
        table.add_row(plain(result.student), result.chapter[:4], points, outcome, plain(why(result)))
    return table


def why(result: SubmissionResult) -> str:
    """Say in one line why a submission did not earn everything."""
    if result.staff or result.message:
        return (result.staff or result.message)[:160]
    lost = [r for n in result.notebooks for c in n.cells for r in c.records if r.outcome is not Outcome.PASSED]
    stopped = [c for n in result.notebooks for c in n.cells if c.error and c.outcome is not Outcome.FAILED]
    if stopped and stopped[0].error:
        return f"cell {stopped[0].cell_id}: {stopped[0].error.message}"[:160]
    paying = [record for record in lost if record.max_points] or lost
    if not paying:
        return ""
    more = f" (+{len(paying) - 1})" if len(paying) > 1 else ""
    return f"{paying[0].asked}: {paying[0].detail}"[:120] + more
