"""Grades from the gradebook as CSV: for spreadsheets, for Canvas, for Moodle.

A grade that still waits for points by hand is not final, so it is left out unless asked for: an
empty field changes nothing in Canvas and Moodle.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from graders.course import Course
from graders.errors import UsageError
from graders.gradebook import Gradebook
from graders.points import Person

Rows = Iterator[list[str]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, CSV Injection: how a field becomes a formula


@dataclass(frozen=True)
class Grade:
    """What one student has in one chapter; ``points`` is None where nothing final is known."""

    person: Person
    chapter: str
    points: float | None
    most: float
    by_hand: float = 0.0
    late_penalty: float = 0.0
    status: str = "graded"  # or: missing, waiting (for points by hand)


def grades(course: Course, chapters: list[str]) -> list[Grade]:
    """Return the grades of everybody in the gradebook, by chapter, then student."""
    with Gradebook(course) as book:
        most = {chapter: book.max_points(chapter) for chapter in chapters}
        people = book.people()
        return [_grade(book, person, name, most[name]) for name in chapters for person in people]


def _grade(book: Gradebook, person: Person, chapter: str, most: float) -> Grade:
    try:
        found = book.read(chapter, person.student)
    except UsageError:
        return Grade(person, chapter, None, most, status="missing")
    by_hand = sum(cell.manual or 0.0 for cell in found.cells)
    status = "waiting" if found.needs_human else "graded"
    points = found.score - found.late_penalty
    return Grade(person, chapter, points, found.max_score, by_hand, found.late_penalty, status)


def as_text(course: Course, found: list[Grade], kind: str, *, unfinished: bool = False) -> str:
    """Return grades as CSV text of a kind (``csv``, ``canvas``, ``moodle``); raises UsageError for others."""
    if kind not in KINDS:
        raise UsageError(f"There is no format {kind!r}.", hint=f"Known: {', '.join(KINDS)}.")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [_harmless(field) for field in row] for row in KINDS[kind](course, found, unfinished)
    )
    return out.getvalue()


def _harmless(field: str) -> str:
    """Return a field that no spreadsheet takes for a formula; our own numbers are never negative."""
    return f"'{field}" if field.startswith(_FORMULA) else field


def _plain(course: Course, found: list[Grade], unfinished: bool) -> Rows:
    yield ["student", "chapter", "points", "maximum", "by hand", "late penalty", "status"]
    for grade in found:
        figures = (grade.most, grade.by_hand, grade.late_penalty)
        first = (grade.person.student, grade.chapter, _points(grade, True))
        yield [*first, *(f"{figure:g}" for figure in figures), grade.status]


def _canvas(course: Course, found: list[Grade], unfinished: bool) -> Rows:
    """Yield Canvas' gradebook import: five columns that say who, then one per assignment."""
    chapters = list(dict.fromkeys(grade.chapter for grade in found))
    most = {grade.chapter: grade.most for grade in found}
    who = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    yield [*who, *(course.chapter(name).title or name for name in chapters)]
    yield ["Points Possible", "", "", "", "", *(f"{most[name]:g}" for name in chapters)]
    for person, points in _by_person(found, unfinished):
        yield [person.listed, person.lms_id, "", person.student, "", *points]


def _moodle(course: Course, found: list[Grade], unfinished: bool) -> Rows:
    """Yield Moodle's grade import: username and email to map from, then one column per grade item."""
    chapters = list(dict.fromkeys(grade.chapter for grade in found))
    yield ["username", "email", *(course.chapter(name).title or name for name in chapters)]
    for person, points in _by_person(found, unfinished):
        yield [person.student, person.email, *points]


def _by_person(found: list[Grade], unfinished: bool) -> Iterator[tuple[Person, list[str]]]:
    for person in dict.fromkeys(grade.person for grade in found):
        yield person, [_points(grade, unfinished) for grade in found if grade.person == person]


def _points(grade: Grade, unfinished: bool) -> str:
    final = grade.points is not None and (unfinished or grade.status == "graded")
    return f"{grade.points:.10g}" if final else ""


KINDS: dict[str, Callable[[Course, list[Grade], bool], Rows]] = {
    "csv": _plain,
    "canvas": _canvas,
    "moodle": _moodle,
}
