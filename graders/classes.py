"""A class and its work, for the report: results from the ledger, people and lateness from the gradebook."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat

from graders.batch.autograde import latest_results
from graders.course import Course
from graders.feedback.report.classwork import ClassWork
from graders.gradebook import Gradebook


def class_work(course: Course, chapters: list[str]) -> ClassWork:
    """Return what is known of a class's work on some chapters."""
    results = latest_results(course, chapters)
    with Gradebook(course) as book:
        students = tuple(person.student for person in book.people())
        late = {chapter: book.seconds_late(chapter) for chapter in chapters}
    templates = {chapter: tuple(_template(course, chapter)) for chapter in chapters}
    return ClassWork(tuple(chapters), tuple(results), students, late, templates)


def _template(course: Course, chapter: str) -> Iterator[str]:
    """Yield the code of a chapter's source and release, where they are there."""
    for kind in ("source", "release"):
        for path in sorted((course.folder(kind) / chapter).glob("*.ipynb")):
            cells = nbformat.read(path, as_version=4).cells
            yield from (cell.source for cell in cells if cell.cell_type == "code")
