"""A new course folder with one small chapter that passes ``graders verify``: a beginning to write from."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from graders.course import load_course
from graders.database import make_tables
from graders.errors import UsageError
from graders.files import replace_file
from graders.notebooks import source
from graders.notebooks.release import release

_ENDING = ".txt"  # of the files in new_course/, which are no programs until they are filled in
_FILLED_IN = ("course_config.py", "README.md")
_FOLDERS = ("submitted",)


def new_course(folder: Path, title: str = "") -> list[Path]:
    """Make a course in a folder that is new or empty; return the files written by hand, sorted.

    The chapter is compiled and released. Raises UsageError if there is something in the folder already, or its
    name cannot be a course's id.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already and not empty.", hint="Name a folder that is new.")
    values = {"id": _course_id(folder.resolve().name), "title": title or folder.resolve().name}
    written = []
    for name, text in sorted(_texts(files("graders") / "new_course")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.format(**values) if name in _FILLED_IN else text)
        written.append(path)
    for name in _FOLDERS:
        (folder / name).mkdir()
    course = load_course(folder)
    make_tables(course.database)  # nbgrader would start two programs for it
    for chapter in course.text_names():
        source.build(course, chapter)
        release(course, chapter)
    return written


def _texts(place: Traversable, parent: str = "") -> list[tuple[str, str]]:
    """Return (name, text) of every file of the new course, by its place in the course folder."""
    found = []
    for item in place.iterdir():
        if item.is_dir():
            found += _texts(item, f"{parent}{item.name}/")
        elif item.name.endswith(_ENDING):
            name = item.name.removesuffix(_ENDING)
            name = f".{name}" if name == "gitignore" else name
            found.append((parent + name, item.read_text(encoding="utf-8")))
    return found


def _course_id(name: str) -> str:
    found = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")
    if not found:
        raise UsageError(f"{name!r} has no letter or digit.", hint="Name the folder with letters or digits.")
    return found
