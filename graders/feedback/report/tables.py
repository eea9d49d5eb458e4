"""The numbers of the report as CSV files: everything, also what the page cuts short.

Pure; imports only the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graders.feedback.report.checks import ENDS, Check
from graders.feedback.report.classwork import ClassWork
from graders.feedback.report.numbers import Chapter, Exercise
from graders.spreadsheet import csv_text

Row = Sequence[str | float | None]

_STUDENTS = ("chapter", "student", "points", "maximum", "outcome", "submitted", "late seconds")
_EXERCISES = ("chapter", "notebook", "exercise", "maximum", "n", "ease", "full", "nothing")
_CHECKS = ("chapter", "notebook", "exercise", "check", "asked", "hidden", "maximum", "n")
_SIMILAR = ("chapter", "first", "second", "shared", "of the first", "of the second", "exercises")
_MARGINS = ("chapter", "exercise", "check", "student", "kind", "value", "target", "low", "high", "passed")


def tables_of(work: ClassWork, chapters: Sequence[Chapter]) -> dict[str, str]:
    """Return the CSV texts by the last part of their file names."""
    rows = {
        "students": [(*_STUDENTS, "cpu seconds", "wall seconds"), *_students(work, chapters)],
        "exercises": [(*_EXERCISES, "correlation", "low", "high"), *_exercises(chapters)],
        "checks": [(*_CHECKS, *ENDS), *_checks(chapters)],
        "margins": [_MARGINS, *_margins(chapters)],
        "hints": [("chapter", "exercise", "check", "hint", "students"), *_hints(chapters)],
        "facts": [("chapter", "student", "fact"), *_facts(chapters)],
        "similar": [_SIMILAR, *_similar(chapters)],
    }
    return {name: csv_text(table) for name, table in rows.items()}


def _students(work: ClassWork, chapters: Sequence[Chapter]) -> Iterator[Row]:
    for chapter in chapters:
        late = work.late.get(chapter.name, {})
        for r in chapter.results:
            first = (chapter.name, r.student, r.points, r.max_points, r.outcome.value, r.submitted_at)
            yield (*first, late.get(r.student), r.meter.cpu_seconds, r.meter.wall_seconds)
        for student in work.missing(chapter.name):
            yield (chapter.name, student, None, chapter.maximum, "missing", "", None, None, None)


def _exercises(chapters: Sequence[Chapter]) -> Iterator[Row]:
    for chapter in chapters:
        for e in chapter.exercises:
            r = e.discrimination
            tells = (r.r, r.low, r.high) if r else (None, None, None)
            yield (chapter.name, *e.place, e.maximum, e.n, e.ease if e.n else None, e.full, e.nothing, *tells)


def _each(chapters: Sequence[Chapter]) -> Iterator[tuple[Chapter, Exercise, Check]]:
    for chapter in chapters:
        for exercise in chapter.exercises:
            yield from ((chapter, exercise, check) for check in exercise.checks)


def _checks(chapters: Sequence[Chapter]) -> Iterator[Row]:
    for chapter, exercise, check in _each(chapters):
        seen = "hidden" if check.hidden else "visible"
        first = (chapter.name, *exercise.place, check.key, check.asked, seen, check.max_points, check.n)
        yield (*first, *(check.ends.get(end, 0) for end in ENDS))


def _margins(chapters: Sequence[Chapter]) -> Iterator[Row]:
    for chapter, exercise, check in _each(chapters):
        for kind, samples in (("score", check.scores), ("time", check.times)):
            for s in samples:
                low, high = s.interval or (None, None)
                first = (chapter.name, exercise.place[1], check.key, s.student, kind)
                yield (*first, s.value, s.target, low, high, "yes" if s.passed else "no")


def _hints(chapters: Sequence[Chapter]) -> Iterator[Row]:
    for chapter in chapters:
        yield from ((chapter.name, h.exercise, h.asked, h.text, h.students) for h in chapter.hints)


def _facts(chapters: Sequence[Chapter]) -> Iterator[Row]:
    for chapter in chapters:
        for fact, students in chapter.facts.items():
            yield from ((chapter.name, student, fact) for student in students)


def _similar(chapters: Sequence[Chapter]) -> Iterator[Row]:
    for chapter in chapters:
        for p in chapter.pairs:
            yield (chapter.name, p.first, p.second, p.shared, p.of_first, p.of_second, "; ".join(p.exercises))
