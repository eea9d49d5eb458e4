"""source/NAME/ -> release/NAME/ through nbgrader, followed by a search for everything hidden.

The release is generated beside its place and put there only if nothing hidden is in it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graders.course import Course
from graders.errors import LeakError, SourceError, UsageError
from graders.generate import generate_assignment
from graders.notebooks import source
from graders.notebooks.first_cell import add_first_cell
from graders.notebooks.roles import Markers, row_of, scheme_of, solution_of, split_hidden, strip_solution

# Shorter lines stand in many programs and give nothing away; nor do these.
_MIN_SECRET = 8
_COMMON = re.compile(r"(import|from) .*|pass|(return|yield)( None)?|(else|try|finally):|(break|continue)")
_KEPT_METADATA = ("kernelspec", "language_info")


def release(course: Course, name: str) -> Path:
    """Make the student version of a chapter in the release folder and tell nbgrader's gradebook of it.

    A chapter with a text must have its notebook up to date. Grades that students have are kept. Raises
    SourceError for problems of the source, LeakError if something hidden is in the generated files,
    GradersError if nbgrader refuses; the release folder is then as it was before.
    """
    folder = course.place("source", name)
    if source.text_path(course, name).is_file():
        _require_sound(course, name)
    if not folder.is_dir():
        raise UsageError(
            f"There is no chapter {name!r}.", hint=f"Chapters: {', '.join(course.chapter_names())}."
        )
    target = course.place("release", name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.root, prefix=".release-") as scratch:
        generate_assignment(course, name, Path(scratch))
        made = Path(scratch) / name
        if leaks := find_leaks(folder, made, Markers.of(course)):
            raise LeakError(f"{name} is not released: {'; '.join(leaks)}.", hint="Correct the source.")
        for path in made.glob("*.ipynb"):
            path.write_text(_student_version(path), encoding="utf-8")
        _swap(made, target)
    return target


def _require_sound(course: Course, name: str) -> None:
    if not source.notebook_path(course, name).is_file():
        source.build(course, name)
    if problems := source.check(course, name):
        raise SourceError(f"{name} is not released: {'; '.join(problems)}.", hint="Correct the source.")


def find_leaks(folder: Path, released: Path, markers: Markers) -> list[str]:
    """Return what of an assignment's hidden parts is in its released folder, worded for its author.

    A line that stands hidden in one place and openly in another is no leak; neither are lines that
    are too short or too common to tell anything.
    """
    visible, hidden = _sort_lines(folder, markers)
    secrets = {line: where for line, where in hidden.items() if line not in visible and _tells(line)}
    leaks = [f"{twin} is the text of a chapter" for twin in source.twins(released, markers)]
    for path in source.public_files(released):
        shown = path.relative_to(released).as_posix()
        if path.suffix == ".ipynb":
            leaks += [f"{shown}: {leak}" for leak in _notebook_leaks(path, secrets, markers)]
        else:
            telling = {line: where for line, where in secrets.items() if len(line) >= 2 * _MIN_SECRET}
            leaks += [f"{shown}: {leak}" for leak in _text_leaks(_text_of(path), telling)]
    return leaks


def hidden_tests(folder: Path, markers: Markers) -> dict[str, str]:
    """Return the telling lines of an assignment's hidden tests and marking schemes, with their place.

    Solutions are left out: students may write the same, and their own work may be shown to them.
    """
    visible, hidden = _sort_lines(folder, markers, solutions=False)
    return {line: where for line, where in hidden.items() if line not in visible and _tells(line)}


def hidden_code(folder: Path, markers: Markers) -> Iterator[tuple[str, str]]:
    """Yield the hidden code of every checks cell of an assignment, with its place."""
    for path, number, cell in _cells(folder):
        row = row_of(cell)
        if cell["cell_type"] == "code" and not (row and row.solution):
            unseen = _sides(cell, markers)[1]
            yield from [(textwrap.dedent(unseen), f"cell {number} of {path.stem}")] if unseen.strip() else []


def visible_text(folder: Path, markers: Markers) -> str:
    """Return everything of an assignment that students see, and the solutions, which they may write too."""
    parts: list[str] = []
    for _, _, cell in _cells(folder):
        row = row_of(cell)
        parts += _sides(cell, markers) if row and row.solution else _sides(cell, markers)[:1]
    return "\n".join(parts)


def _cells(folder: Path) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    for path in sorted(folder.glob("*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], start=1):
            yield path, number, cell


def _notebook_leaks(path: Path, secrets: Mapping[str, str], markers: Markers) -> Iterator[str]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    if "jupytext" in notebook["metadata"]:
        yield "jupytext metadata, which would bring the solutions back"
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell.get("outputs"):
            yield f"cell {number} has outputs"
        # All of the cell, not only its source: attachments and metadata are released too.
        strings = list(_strings(cell))
        for marker in markers.all:
            if any(marker in text for text in strings):
                yield f"cell {number} contains {marker!r}"
        for text in strings:
            yield from (f"cell {number}, {leak}" for leak in _text_leaks(text, secrets))


def _text_leaks(text: str, secrets: Mapping[str, str]) -> Iterator[str]:
    for line in dict.fromkeys(map(str.strip, text.split("\n"))):
        if line in secrets:
            yield f"line {line[:60]!r}, hidden in {secrets[line]}"


def _strings(value: Any) -> Iterator[str]:
    """Every text in a piece of JSON; lists of lines, as notebooks store sources, as one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(part, str) for part in value):
        yield "".join(value)
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def _sort_lines(folder: Path, markers: Markers, *, solutions: bool = True) -> tuple[set[str], dict[str, str]]:
    """The lines of an assignment's notebooks that students see, and the others with their place."""
    visible: set[str] = set()
    hidden: dict[str, str] = {}
    for path, number, cell in _cells(folder):
        seen, unseen = _sides(cell, markers)
        row = row_of(cell)
        if row and row.solution and not solutions:
            seen, unseen = f"{seen}\n{unseen}", ""
        visible.update(map(str.strip, seen.split("\n")))
        for line in map(str.strip, unseen.split("\n")):
            hidden.setdefault(line, f"cell {number} of {path.stem}")
    return visible, hidden


def _sides(cell: Mapping[str, Any], markers: Markers) -> tuple[str, str]:
    """What of a cell is released, and what is not."""
    text = "".join(cell["source"])
    row = row_of(cell)
    if row and row.solution:
        return strip_solution(text, cell["cell_type"], markers), solution_of(text, markers)
    if row and row.task:
        scheme = scheme_of(text, markers)
        return "\n".join(set(text.split("\n")) - set(scheme.split("\n"))), scheme
    return split_hidden(text, markers)


def _tells(line: str) -> bool:
    return len(line) >= _MIN_SECRET and any(c.isalpha() for c in line) and not _COMMON.fullmatch(line)


def _text_of(path: Path) -> str:
    """The text of a file, nothing if it is none (pictures, archives)."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def _student_version(path: Path) -> str:
    """A released notebook with its first cell, and a header that does not depend on who opened the source."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    beside = {other.stem for other in path.parent.iterdir() if other.suffix == ".py" or other.is_dir()}
    add_first_cell(notebook, beside)
    header = {key: notebook["metadata"][key] for key in _KEPT_METADATA if key in notebook["metadata"]}
    if "language_info" in header:
        header["language_info"] = {"name": header["language_info"].get("name", "python")}
    notebook["metadata"] = header
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _swap(made: Path, target: Path) -> None:
    """Put a finished folder in the place of the old one; the old one goes only when the new is there."""
    old = made.parent / ".old"
    if target.exists():
        os.replace(target, old)
    os.replace(made, target)
    shutil.rmtree(old, ignore_errors=True)
