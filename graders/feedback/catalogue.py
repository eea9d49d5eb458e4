"""Texts as a gettext catalogue: what ``graders texts`` prints for whoever writes a language."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from graders.course import Course
from graders.errors import CourseError
from graders.feedback.language import SHIPPED, entries


def catalogue(course: Course) -> str:
    """Return every text with its translation into the course's language, empty where there is none.

    Texts that are there no more are left out. Raises CourseError if the language is none.
    """
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    known = [_read(path) for path in (SHIPPED / f"{course.language}.po", own(course)) if path.is_file()]
    try:
        made = Catalog(locale=course.language.replace("-", "_"), project="graders", fuzzy=False)
    except ValueError as error:
        raise CourseError(
            f"{course.language!r} is not a language.", hint="Say one like de or pt-BR."
        ) from error
    made.header_comment = f"# Texts of graders, language {course.language}."
    for entry in entries():
        english = entry.english if len(entry.english) > 1 else entry.english[0]
        strings = [s for c in known if (m := c.get(english, entry.context)) and (s := m.string)]
        made.add(english, strings[-1] if strings else None, context=entry.context)
    out = io.BytesIO()
    write_po(out, made, width=100, omit_header=False)
    return "".join(line for line in out.getvalue().decode().splitlines(keepends=True) if not _changing(line))


def own(course: Course) -> Path:
    """Return where a course's own texts stand."""
    return course.root / "templates" / f"{course.language}.po"


def _changing(line: str) -> bool:
    """Whether a line of the header tells times, tools or addresses: the same texts give the same bytes."""
    return line.startswith(('"POT-', '"PO-', '"Last-', '"Language-Team', '"Report', '"Generated', '"Project'))


def _read(path: Path) -> Any:
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file)
