"""A class and its work, for pages and the report: results from the ledger, the rest from the gradebook."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat

from graders.batch.autograde import latest_results
from graders.course import Course
from graders.feedback.report.classwork import ClassWork
from graders.feedback.standing import Peers, peers_of
from graders.feedback.view import Beside
from graders.gradebook import Gradebook
from graders.points import Marks
from graders.results import SubmissionResult


def class_work(course: Course, chapters: list[str]) -> ClassWork:
    """Return what is known of a class's work on some chapters."""
    results = latest_results(course, chapters)
    with Gradebook(course) as book:
        students = tuple(person.student for person in book.people())
        late = {chapter: book.seconds_late(chapter) for chapter in chapters}
    templates = {chapter: tuple(_template(course, chapter)) for chapter in chapters}
    return ClassWork(tuple(chapters), tuple(results), students, late, templates)


def feedback_of(
    course: Course, chapters: list[str], student: str = ""
) -> Iterator[tuple[SubmissionResult, Beside]]:
    """Yield the results that count, of one student or of all, each with what its page tells beside it.

    Everybody's results are read even for one student, because the page shows where in the class they are.
    """
    with Gradebook(course) as book:
        for chapter in chapters:
            results = latest_results(course, [chapter])
            marks, peers = book.marks(chapter), Peers()
            if course.show_class:
                peers = peers_of(results, book.after_due(chapter))
            for result in results:
                if student in ("", result.student):
                    yield result, Beside(marks.get(result.student, Marks()), peers)


def _template(course: Course, chapter: str) -> Iterator[str]:
    """Yield the code of a chapter's source and release, where they are there."""
    for kind in ("source", "release"):
        for path in sorted(course.place(kind, chapter).glob("*.ipynb")):
            cells = nbformat.read(path, as_version=4).cells
            yield from (cell.source for cell in cells if cell.cell_type == "code")
