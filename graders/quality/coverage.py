"""Which exercise practises which line of the course's checklist, from tags in the chapters' text.

``source/checklist.toml`` says what each chapter must cover; an exercise names the lines it practises in a
comment that nobody sees in the rendered notebook: ``<!-- covers: 4.1 4.2 -->``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from graders.course import Course
from graders.errors import SourceError
from graders.notebooks.bundle import load_bundle

CHECKLIST = "checklist.toml"
_TAG = re.compile(r"<!--\s*covers:\s*([^>]*?)\s*-->")
_HEAD = """# What the chapters cover

Made by `graders source coverage --write` from the chapters' text and `source/checklist.toml`: for each line
of the checklist, the exercises that practise it.
"""


@dataclass(frozen=True)
class Coverage:
    """A chapter's checklist (id -> text), and for every line the exercises that practise it."""

    chapter: str
    title: str
    lines: dict[str, str]
    exercises: dict[str, list[str]] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """Lines that no exercise practises."""
        return [name for name in self.lines if not self.exercises.get(name)]


def coverage(course: Course) -> list[Coverage]:
    """Return the coverage of every chapter that the checklist knows.

    Raises SourceError for a checklist that cannot be read, and for a tag that names no line of it.
    """
    checklist = _checklist(course)
    found = []
    for chapter in course.text_names():
        number = str(int(chapter[2:4])) if re.match(r"ch\d\d", chapter) else ""
        if number in checklist:
            title = course.chapter(chapter).title or chapter
            found.append(_covered(course, Coverage(chapter, title, checklist[number])))
    return found


def _checklist(course: Course) -> dict[str, dict[str, str]]:
    path = course.folder("source") / CHECKLIST
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SourceError(
            f"There is no {CHECKLIST} beside the chapters.", hint="Write one, or leave this out."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{CHECKLIST} cannot be read: {error}.", hint="Correct it.") from error


def _covered(course: Course, empty: Coverage) -> Coverage:
    for exercise, name in _tags(course, empty.chapter):
        if name not in empty.lines:
            raise SourceError(
                f"{empty.chapter}, {exercise!r}: {CHECKLIST} has no line {name!r}.", hint="Correct the tag."
            )
        named = empty.exercises.setdefault(name, [])
        if exercise not in named:
            named.append(exercise)
    return empty


def _tags(course: Course, chapter: str) -> Iterator[tuple[str, str]]:
    """Yield (exercise, line) for every tag of a chapter."""
    for notebook in load_bundle(course, chapter).notebooks:
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                for tag in _TAG.findall(cell.source):
                    yield from ((cell.exercise or notebook.name, name) for name in tag.split())


def page(found: list[Coverage]) -> str:
    """Return the coverage as a page of Markdown."""
    parts = [_HEAD]
    for chapter in found:
        parts += [f"\n## {chapter.title}\n", "| line | what | practised in |", "|---|---|---|"]
        for name, text in chapter.lines.items():
            shown = "; ".join(chapter.exercises.get(name, [])) or "**nowhere**"
            parts.append(f"| {name} | {_cell(text)} | {_cell(shown)} |")
    return "\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
