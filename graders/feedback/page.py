"""SubmissionResult -> self-contained HTML pages, where nbgrader keeps and releases feedback.

Rendering is a pure function of the result, what stands beside it, and the course's language and templates: no
clock, no network, the same bytes every time. Imports only results, points, course and errors from the rest of
the package.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from graders.course import Course
from graders.errors import SubmissionError
from graders.feedback.language import page_texts as texts
from graders.feedback.language import speaking
from graders.feedback.said import told
from graders.feedback.templating import whole
from graders.feedback.view import Beside, Cuts, page_of
from graders.files import replace_file
from graders.results import NotebookResult, SubmissionResult

MAX_BYTES = 1_000_000

# Tried in order until the page is below MAX_BYTES. The last one fits by construction: at most 6 bytes
# per character after escaping, five texts per check.
_CUTS = (
    Cuts(text=2000, code=20_000, work=600_000, checks=400, others=40),
    Cuts(text=1000, code=5000, work=200_000, checks=300, others=40),
    Cuts(text=500, code=1000, work=50_000, checks=150, others=20),
    Cuts(text=100, code=300, work=0, checks=50, others=20),
)

# nbgrader's release_feedback reads these two from the feedback folder; `nbgrader submit` wrote them.
_RELEASE_FILES = ("timestamp.txt", "submission_secret.txt")
_MAX_RELEASE_FILE = 4096


_ALONE = Beside()


def render(course: Course, result: SubmissionResult, beside: Beside = _ALONE) -> str:
    """Return one page with all notebooks of a submission, below 1 MB."""
    return _render(course, result, result.notebooks, beside)


def render_notebook(
    course: Course, result: SubmissionResult, notebook: NotebookResult, beside: Beside = _ALONE
) -> str:
    """Return the page of one notebook of a submission, below 1 MB."""
    return _render(course, result, (notebook,), beside)


def write(course: Course, result: SubmissionResult, beside: Beside = _ALONE) -> list[Path]:
    """Write ``feedback/<student>/<chapter>/<notebook>.html`` for every notebook, each atomically.

    A submission that could not be read has no notebooks; its page stands under the chapter's own names.
    Brings along the two files that ``nbgrader release_feedback`` asks for, where they were handed in.
    Returns the pages' paths; raises SubmissionError for a name that cannot be a file's.
    """
    pages = {n.name: render_notebook(course, result, n, beside) for n in result.notebooks}
    pages = pages or dict.fromkeys(_names(course, result), render(course, result, beside))
    folder = course.place("feedback", _safe(result.chapter), _safe(result.student))
    targets = {folder / f"{_safe(name)}.html": html for name, html in sorted(pages.items())}
    folder.mkdir(parents=True, exist_ok=True)
    for path, html in targets.items():
        if not path.is_file() or path.read_bytes() != html.encode():
            replace_file(path, html)  # open to all, as nbgrader's own
    _bring_release_files(course.place("submitted", result.chapter, result.student), folder)
    return list(targets)


def _names(course: Course, result: SubmissionResult) -> list[str]:
    source = course.place("source", _safe(result.chapter))
    return sorted(path.stem for path in source.glob("*.ipynb")) or [result.chapter]


def _safe(name: str) -> str:
    """Return a name that stays inside its folder; names come from folders of students."""
    if not name.strip() or name in (".", "..") or any(mark in name for mark in "/\\\0") or len(name) > 200:
        raise SubmissionError(
            f"{name[:80]!r} cannot be the name of a feedback file.", hint="Rename the student or notebook."
        )
    return name


def _bring_release_files(submitted: Path, folder: Path) -> None:
    for name in _RELEASE_FILES:
        source = submitted / name
        if source.is_file() and not source.is_symlink() and source.stat().st_size <= _MAX_RELEASE_FILE:
            replace_file(folder / name, source.read_bytes())


def _render(
    course: Course, result: SubmissionResult, notebooks: tuple[NotebookResult, ...], beside: Beside
) -> str:
    with speaking(course):
        result = told(replace(result, notebooks=notebooks))
        for cuts in _CUTS:
            html = _fill(course, result, cuts, beside)
            if len(html.encode()) < MAX_BYTES:
                break
    return html


def _fill(course: Course, result: SubmissionResult, cuts: Cuts, beside: Beside) -> str:
    shown = page_of(course, result, result.notebooks, cuts, beside)
    return whole(course, "page.html.jinja", ("page.css",), images=True, page=shown, t=texts)
