"""What the command line shows: live progress on a terminal, plain lines in a log, tables of results."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from graders.progress import Line, plain
from graders.results import Outcome, SubmissionResult

if TYPE_CHECKING:  # workers import the command line too, and need no database
    from graders.batch.autograde import Change, Hooks, Summary


class Display:
    """Shows a run: a bar with rate, outcomes and the slowest now running; lines if not on a terminal."""

    def __init__(self, json_lines: bool = False, yes: bool = False) -> None:
        self._json = json_lines
        self._yes = yes
        self._console = Console(stderr=True)
        self._progress = Line(self._console, quiet=json_lines)
        self._outcomes: Counter[str] = Counter()

    def __enter__(self) -> Display:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def hooks(self) -> Hooks:
        """Return what the run should call."""
        from graders.batch.autograde import Hooks

        return Hooks(self._planned, self._started, self._finished, self._confirm)

    def ended(self, summary: Summary) -> None:
        """Show how the run ended; for programs also everything that was not graded now."""
        self._progress.stop()
        if not self._json and not self._progress.live and summary.graded:
            self._progress.log()
        for result in summary.known:
            self._tell("known", **_line(result))
        for problem in summary.problems:
            self._tell("problem", message=problem)
        counts = {name: len(getattr(summary, name)) for name in ("graded", "known", "held_back", "problems")}
        self._tell("done", **counts, note=summary.note, seconds=round(self._progress.seconds(), 3))

    def _tell(self, event: str, **facts: Any) -> None:
        if self._json:
            sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
            sys.stdout.flush()

    def _planned(self, total: int, known: int) -> None:
        self._progress.planned(total)
        self._tell("planned", total=total, known=known)
        if not self._json:
            self._console.print(f"{total} to grade, {known} known.")

    def _started(self, student: str, chapter: str) -> None:
        self._tell("started", student=student, chapter=chapter)
        self._progress.started(student, chapter)

    def _finished(self, result: SubmissionResult) -> None:
        self._outcomes[result.outcome.value] += 1
        self._progress.note = " ".join(f"{count} {name}" for name, count in sorted(self._outcomes.items()))
        self._tell("finished", **_line(result))
        self._progress.finished(result.student, result.chapter)

    def _confirm(self, changes: list[Change]) -> bool:
        """Show whom edited tests change, before and after and in which checks, and ask."""
        self._show(changes)
        agreed = self._yes or self._ask()
        for change in changes:
            before, after = _line(change.before), _line(change.after)
            who = {"student": before["student"], "chapter": before["chapter"]}
            points = {"before": before["points"], "after": after["points"], "max_points": after["max_points"]}
            self._tell("change", **who, **points, replaced=agreed)
        return agreed

    def _show(self, changes: list[Change]) -> None:
        if self._json:
            return
        self._progress.stop()
        self._console.print(f"Edited tests change these scores: {_summary(changes)}.")
        self._console.print(changes_table(changes))

    def _ask(self) -> bool:
        if self._json or not (self._console.is_terminal and sys.stdin.isatty()):
            return False
        try:
            return self._console.input("Replace them? [y/N] ", markup=False).strip().lower() in ("y", "yes")
        except EOFError:
            return False


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
        scores = score(change.before), score(change.after)
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
    """Say how many lose, how many win, and for how many only the checks that give the points change."""
    kinds = Counter(_kind(change.before.points, change.after.points) for change in changes)
    return ", ".join(f"{kinds[kind]} {kind}" for kind in ("lower", "higher", "in all the same", "not graded"))


def _kind(before: float | None, after: float | None) -> str:
    if before is None or after is None:
        return "not graded"
    return "lower" if after < before else "higher" if after > before else "in all the same"


def score(result: SubmissionResult) -> str:
    """Return the points of a result as "1.5/2", a dash where there are none."""
    return "-" if result.points is None else f"{result.points:g}/{result.max_points:g}"


_COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "yellow", Outcome.UNGRADABLE: "magenta"}


def results_table(results: list[SubmissionResult]) -> Table:
    """Return a table of results: who, what, points, outcome and why."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("student", "chapter", "points", "outcome", "why"):
        table.add_column(name, justify="right" if name == "points" else "left", overflow="fold")
    for result in results:
        points = score(result)
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
