"""A class of five with two exercises, small enough to check every number by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from graders.course import Chapter, Course
from graders.feedback.report.classwork import ClassWork
from graders.results import CellResult, Meter, NotebookResult, Outcome, Record, Role, SubmissionResult

CHAPTER = "ch04_training_models"
# Points in exercise A (of 4) and B (of 6).
POINTS = {"ada": (4.0, 6.0), "bob": (3.0, 4.0), "cem": (2.0, 4.0), "dot": (2.0, 1.0), "eve": (1.0, 0.0)}


def record(name: str, reached: float | None, most: float, **more: Any) -> Record:
    """Return one record; its outcome follows from the points unless given."""
    outcome = Outcome.PASSED if reached == most else Outcome.FAILED
    given = {"asked": f"asked {name}", "outcome": outcome, "hidden": True, **more}
    return Record(name, points=reached, max_points=most, **given)


def checks(exercise: str, *records: Record, name: str = "", outcome: Outcome | None = None) -> CellResult:
    """Return a checks cell; without records, one that ended before it had any."""
    reached = [one.points for one in records]
    total = None if None in reached else sum(value or 0.0 for value in reached)
    most = sum(one.max_points for one in records)
    return CellResult(
        name or f"{exercise}_test", "code", Role.CHECKS, "", exercise, outcome, total, most, records
    )


def result(student: str, *cells: CellResult, chapter: str = CHAPTER, **more: Any) -> SubmissionResult:
    """Return a submission of one notebook."""
    outcome = more.pop("outcome", Outcome.FAILED)
    notebook = NotebookResult("nb", outcome, cells, more.get("message", ""))
    meter = Meter(2.0, 3.0, 100.0)
    return SubmissionResult("homl", chapter, student, outcome, (notebook,), meter=meter, **more)


def five(**more: Any) -> list[SubmissionResult]:
    """Return the class of five."""
    return [
        result(student, checks("A", record("a#1", a, 4.0)), checks("B", record("b#1", b, 6.0)), **more)
        for student, (a, b) in POINTS.items()
    ]


def work(results: list[SubmissionResult], **more: Any) -> ClassWork:
    """Return a class's work on the chapters of some results."""
    chapters = more.pop("chapters", tuple(sorted({one.chapter for one in results})))
    return ClassWork(chapters, tuple(results), **more)


@pytest.fixture
def build() -> SimpleNamespace:
    """Builders for results that a test makes itself."""
    return SimpleNamespace(record=record, checks=checks, result=result, five=five, work=work, chapter=CHAPTER)


@pytest.fixture
def course(tmp_path) -> Course:
    """A course in a folder of its own."""
    chapters = {CHAPTER: Chapter(title="4. Training models"), "ch05": Chapter(title="5. Machines")}
    return Course(id="homl", title="Hands-On", chapters=chapters, root=tmp_path)
