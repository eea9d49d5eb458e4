"""A page and a report of made-up work in which everything occurs, made before a class's pages are.

So a mistake in a course's templates or texts is found at once, also in a part that few pages have. Imports what
makes pages; nothing imports it but commands.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graders.course import Course
from graders.feedback import page
from graders.feedback.language import language_of
from graders.feedback.report import page as report
from graders.feedback.report.classwork import ClassWork
from graders.feedback.standing import FEWEST, Peers
from graders.feedback.templating import check_files
from graders.feedback.view import Beside
from graders.points import Mark, Marks
from graders.results import CellError, CellResult, NotebookResult, Outcome, Record, Role, SubmissionResult

_CHAPTER = "chapter"
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def rehearse(course: Course) -> None:
    """Make a page for every outcome and a report; raises CourseError where a course's own files do not fit."""
    language_of(course)
    check_files(course)
    results = tuple(_result(f"student-{i}", outcome) for i, outcome in enumerate(Outcome))
    for result in (*results, replace(results[0], notebooks=(), message="Not readable.")):
        for beside in (Beside(), _beside()):
            page.render(course, result, beside)
    late = {_CHAPTER: {result.student: 90_000.0 for result in results}}
    report.render(course, ClassWork((_CHAPTER,), results, ("missing",), late))
    report.render(course, ClassWork((_CHAPTER, "other"), results, (), late))


def _result(student: str, outcome: Outcome) -> SubmissionResult:
    error = CellError("NameError", "name 'x' is not defined", "line 1")
    points = None if outcome is Outcome.UNGRADABLE else 0.5
    measured: tuple[dict[str, Any], ...] = (
        {"curves": [["loss", 2, [1.0, 0.5]]]},
        {"score": 0.8, "target": 0.9, "interval": [0.7, 0.95], "scores": [0.7, 0.9]},
        {"ratio": 3.0, "limit": 2.0},
    )
    records = tuple(
        Record(f"c#{i}", "It is asked", outcome, points, 1.0, i > 0, "this", "that", "So", "Try", metrics=found)
        for i, found in enumerate(measured)
    )
    cells = (
        CellResult("a", "code", Role.ANSWER, "x", "One", outcome, outputs=_outputs(), error=error),
        CellResult("b", "code", Role.ADDED, "1", "", outcome, error=error),
        CellResult("c", "code", Role.CHECKS, "", "One", outcome, points, 3.0, records),
        CellResult("d", "code", Role.CHECKS, "", "Two", outcome, points, 1.0),
        CellResult("e", "markdown", Role.ESSAY, "*Why*", "Three", max_points=1.0),
        CellResult("f", "markdown", Role.ESSAY, "", "Four", points=1.0, max_points=2.0),
    )
    book = NotebookResult("notebook", outcome, cells, "A message.", ("A note.",))
    return SubmissionResult(
        course="",
        chapter=_CHAPTER,
        student=student,
        outcome=outcome,
        notebooks=(book, replace(book, name="other")),
        message="A message.",
        audit=("A fact.",),
        submitted_at="2026-01-02T03:04:05+00:00",
    )


def _beside() -> Beside:
    """Return what people, the calendar and the class add to the page of :func:`_result`."""
    said = Mark(1.0, 0.5, 3.0, "A comment.", again=True)
    marks = {"a": Mark(comment="A comment."), "c": said, "f": Mark(0.0, blank=True), "gone": said}
    scores = tuple((float(i % 5), 4.0) for i in range(FEWEST))
    names = ("notebook", "other")
    return Beside(
        Marks({(name, cell): mark for name in names for cell, mark in marks.items()}, {"other": 1.0}, 90_000.0),
        Peers(dict.fromkeys(names, scores), has_due=True),
    )


def _outputs() -> tuple[dict[str, Any], ...]:
    shown = {"image/png": _PIXEL, "text/html": "<b>bold</b>", "application/json": "{}"}
    displays: list[dict[str, Any]] = [
        {"output_type": "display_data", "data": {kind: data}} for kind, data in shown.items()
    ]
    streams = [{"output_type": "stream", "name": name, "text": "text"} for name in ("stdout", "stderr")]
    return (*streams, *displays)
