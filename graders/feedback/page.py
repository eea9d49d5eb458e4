"""SubmissionResult -> self-contained HTML pages, where nbgrader keeps and releases feedback.

Rendering is a pure function of the result: no clock, no network, no files, same bytes every time.
Imports only results, course and errors from the rest of the package.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graders.course import Course
from graders.errors import SubmissionError
from graders.feedback.language import page_texts as texts
from graders.feedback.language import speaking
from graders.feedback.markup import sentence
from graders.feedback.said import told
from graders.feedback.view import Cuts, page_of
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


def render(course: Course, result: SubmissionResult) -> str:
    """Return one page with all notebooks of a submission, below 1 MB."""
    return _render(course, result, result.notebooks)


def render_notebook(course: Course, result: SubmissionResult, notebook: NotebookResult) -> str:
    """Return the page of one notebook of a submission, below 1 MB."""
    return _render(course, result, (notebook,))


def write(course: Course, result: SubmissionResult) -> list[Path]:
    """Write ``feedback/<student>/<chapter>/<notebook>.html`` for every notebook, each atomically.

    A submission that could not be read has no notebooks; its page stands under the chapter's own names.
    Brings along the two files that ``nbgrader release_feedback`` asks for, where they were handed in.
    Returns the pages' paths; raises SubmissionError for a name that cannot be a file's.
    """
    pages = {n.name: render_notebook(course, result, n) for n in result.notebooks}
    pages = pages or dict.fromkeys(_names(course, result), render(course, result))
    place = Path(_safe(result.student)) / _safe(result.chapter)
    folder = course.folder("feedback") / place
    targets = {folder / f"{_safe(name)}.html": html for name, html in sorted(pages.items())}
    folder.mkdir(parents=True, exist_ok=True)
    for path, html in targets.items():
        replace_file(path, html)  # open to all, as nbgrader's own
    _bring_release_files(course.folder("submitted") / place, folder)
    return list(targets)


def _names(course: Course, result: SubmissionResult) -> list[str]:
    source = course.folder("source") / _safe(result.chapter)
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


def _render(course: Course, result: SubmissionResult, notebooks: tuple[NotebookResult, ...]) -> str:
    with speaking(course):
        result = told(replace(result, notebooks=notebooks))
        for cuts in _CUTS:
            html = _fill(course, result, result.notebooks, cuts)
            if len(html.encode()) < MAX_BYTES:
                break
    return html


def _fill(course: Course, result: SubmissionResult, notebooks: tuple[NotebookResult, ...], cuts: Cuts) -> str:
    made = environment()
    style = made.get_template("page.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    html: str = made.get_template("page.html.jinja").render(
        page=page_of(course, result, notebooks, cuts),
        t=texts,
        style=Markup(style),  # noqa: S704 - our own file
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
    )
    return html


@cache
def environment() -> Environment:
    """Return what fills the templates: everything escaped, nothing undefined."""
    made = Environment(
        loader=PackageLoader("graders.feedback"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["sentence"] = sentence
    return made
