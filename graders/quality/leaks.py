"""Whether anything hidden stands under release/ or feedback/, or would stand in a page of feedback."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from graders.course import Course
from graders.feedback import page
from graders.notebooks.release import find_leaks, hidden_tests
from graders.notebooks.roles import Markers
from graders.results import SubmissionResult

_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_TELLING = 24  # characters without spaces; shorter lines stand in many programs


def scan(course: Course, chapter: str, results: Iterable[SubmissionResult]) -> Iterator[str]:
    """Yield what is hidden in a chapter and yet in its release, in pages written, or in pages of results."""
    folder, released = course.folder("source") / chapter, course.folder("release") / chapter
    if released.is_dir():
        yield from (f"release/{leak}" for leak in find_leaks(folder, released, Markers.of(course)))
    secrets = {_flat(line): where for line, where in hidden_tests(folder, Markers.of(course)).items()}
    secrets = {line: where for line, where in secrets.items() if len(line) >= _TELLING}
    for path in sorted(course.folder("feedback").glob(f"*/{chapter}/*.html")):
        name = path.relative_to(course.folder("feedback")).as_posix()
        yield from (f"feedback/{name}: {leak}" for leak in _shown(path.read_text("utf-8", "replace"), secrets))
    for result in results:
        own = _flat("".join(cell.source for notebook in result.notebooks for cell in notebook.cells))
        unseen = {line: where for line, where in secrets.items() if line not in own}
        leaks = _shown(page.render(course, result), unseen)
        yield from (f"the feedback page of {result.student}: {leak}" for leak in leaks)


def _shown(text: str, secrets: dict[str, str]) -> Iterator[str]:
    flat = _flat(html.unescape(_TAG.sub("", text)))
    yield from (f"line {line[:60]!r}, hidden in {where}" for line, where in secrets.items() if line in flat)


def _flat(text: str) -> str:
    return _SPACE.sub("", text)
