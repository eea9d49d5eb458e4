"""ClassWork -> one self-contained HTML page for staff, and the same numbers as CSV files.

Rendering is pure: no clock, no network, the same results give the same bytes. Imports only results, course,
errors and the rest of feedback.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from graders.course import Course
from graders.errors import UsageError
from graders.feedback.language import report_texts as texts
from graders.feedback.language import speaking
from graders.feedback.report.classwork import ClassWork
from graders.feedback.report.numbers import Chapter, chapter_of
from graders.feedback.report.tables import tables_of
from graders.feedback.report.view import Cuts, page_of
from graders.feedback.said import told
from graders.feedback.templating import whole
from graders.files import replace_file

FOLDER = "report"
MAX_BYTES = 2_000_000

# Tried in order until the page is below MAX_BYTES.
_CUTS = (
    Cuts(rows=50, names=200),
    Cuts(rows=20, names=60),
    Cuts(rows=8, names=20),
    Cuts(rows=8, names=20, drawings=False),
)


def render(course: Course, work: ClassWork) -> str:
    """Return the report of a class as one page."""
    with speaking(course):
        work = replace(work, results=tuple(map(told, work.results)))
        return _render(course, work, _numbers(work))


def _numbers(work: ClassWork) -> dict[str, Chapter]:
    return {name: chapter_of(name, work.of(name), work.templates.get(name, ())) for name in work.chapters}


def _render(course: Course, work: ClassWork, numbers: dict[str, Chapter]) -> str:
    for cuts in _CUTS:
        html = _fill(course, work, numbers, cuts)
        if len(html.encode()) < MAX_BYTES:
            break
    return html


def write(course: Course, work: ClassWork) -> list[Path]:
    """Write ``report/<chapter>.html``, or ``report/class.html`` for several, and its CSV files.

    Returns their paths, the page first; raises UsageError if nothing of it was graded.
    """
    if not work.results:
        raise UsageError(
            f"Nothing was graded yet in: {', '.join(work.chapters)}.", hint="Run: graders autograde"
        )
    stem = work.chapters[0] if len(work.chapters) == 1 else "class"
    folder = course.root / FOLDER
    files = {folder / f"{stem}{name}": text for name, text in texts_of(course, work).items()}
    folder.mkdir(exist_ok=True)
    for path, text in files.items():
        replace_file(path, text, mode=0o640)  # names and hidden checks: not for everybody
    return list(files)


def texts_of(course: Course, work: ClassWork) -> dict[str, str]:
    """Return the page and the CSV texts by the last part of their file names, the page first."""
    with speaking(course):
        work = replace(work, results=tuple(map(told, work.results)))
        numbers = _numbers(work)
        tables = tables_of(work, tuple(numbers.values()))
        page = {".html": _render(course, work, numbers)}
    return page | {f"-{name}.csv": text for name, text in tables.items()}


def _fill(course: Course, work: ClassWork, numbers: dict[str, Chapter], cuts: Cuts) -> str:
    shown = page_of(course, work, numbers, cuts)
    return whole(course, "report.html.jinja", ("page.css", "report.css"), page=shown, t=texts)
