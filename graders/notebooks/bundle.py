"""A chapter as the grader needs it: the instructor's notebooks and public files, as plain data."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from graders.adopted import Adopted, read_adopted
from graders.course import Course
from graders.errors import CourseError
from graders.notebooks.kernels import Program, find_kernel
from graders.notebooks.roles import (
    Markers,
    budget_of,
    name_of,
    needs_human,
    points_of,
    role_of,
    row_of,
    split_hidden,
    strip_solution,
)
from graders.results import Role

_HEADING = "## "


@dataclass(frozen=True)
class SourceCell:
    """One cell of the instructor's notebook; ``name`` is nbgrader's grade_id, empty if unmarked."""

    cell_id: str
    name: str
    cell_type: str
    role: Role
    source: str
    visible: str
    released: str
    points: float
    exercise: str
    marked: bool
    manual: bool = False
    hidden_lines: tuple[int, ...] = ()
    budget: float | None = None  # times the reference's CPU seconds that the cell may take
    mode: str = "split"  # checks cells: "inline" runs them in the student's kernel, as nbgrader does

    @property
    def runs(self) -> bool:
        """Whether the cell holds code of the instructor or the student that a kernel runs."""
        return self.cell_type == "code" and self.role in (Role.GIVEN, Role.ANSWER)


@dataclass(frozen=True)
class SourceNotebook:
    """One notebook of a chapter, in the instructor's order."""

    name: str
    cells: tuple[SourceCell, ...]
    kernel: Program | None = None  # what runs it, if that is not our own Python kernel
    theirs: tuple[str, ...] = ()  # files of the chapter that students hand in changed


@dataclass(frozen=True)
class Bundle:
    """Everything of a chapter that grading needs; plain data that can travel to another machine."""

    chapter: str
    notebooks: tuple[SourceNotebook, ...]
    files: tuple[tuple[str, str], ...]  # name in the working folder, path here
    theirs: tuple[str, ...] = ()  # those of them that students hand in changed
    ignore: tuple[str, ...] = ()  # file globs of what is left out of a submission

    @cached_property
    def key(self) -> str:
        """Hash of all that is in the bundle; changes whenever grading could."""
        digest = hashlib.sha256()
        for notebook in self.notebooks:
            digest.update(json.dumps([notebook.name, *map(repr, notebook.cells)]).encode())
            digest.update(repr(notebook.kernel).encode() if notebook.kernel else b"")
        digest.update(json.dumps([self.theirs, self.ignore]).encode())
        for name, path in self.files:
            digest.update(name.encode() + b"\0" + hashlib.sha256(Path(path).read_bytes()).digest())
        return digest.hexdigest()


def load_bundle(course: Course, chapter: str) -> Bundle:
    """Read a chapter from the source folder; raises CourseError if there is nothing to grade with."""
    folder = course.place("source", chapter)
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise CourseError(f"There is no notebook in {folder.name!r}.", hint="Run: graders source build")
    others = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".ipynb" and _public(p, folder))
    named = tuple((p.relative_to(folder).as_posix(), str(p)) for p in others)
    files = tuple((name, path) for name, path in named if not is_ignored(name, course.ignore))
    theirs = course.files_of_students.get(chapter, ())
    around = [_read(course.root / name)["cells"] if name else [] for name in (course.header, course.footer)]
    adopted = read_adopted(course.root)
    read = (replace(_notebook(path, course, *around), theirs=theirs) for path in paths)
    notebooks = tuple(_with_modes(notebook, chapter, adopted) for notebook in read)
    settled = _with_budgets(notebooks, course.chapter(chapter).budgets, chapter)
    return Bundle(chapter, settled, files, theirs, course.ignore)


def is_ignored(name: str, patterns: Iterable[str]) -> bool:
    """Whether a file, or a folder it lies in, fits one of nbgrader's patterns of what is left out."""
    return any(fnmatch(part, pattern) for part in PurePosixPath(name).parts for pattern in patterns)


def _with_modes(notebook: SourceNotebook, chapter: str, adopted: Adopted) -> SourceNotebook:
    """Return a notebook whose checks cells run as was decided."""

    def settled(cell: SourceCell) -> SourceCell:
        if cell.role is not Role.CHECKS:
            return cell
        mode = "inline" if notebook.kernel else adopted.mode(chapter, notebook.name, cell.name)
        return replace(cell, mode=mode)

    return replace(notebook, cells=tuple(map(settled, notebook.cells)))


def _with_budgets(
    notebooks: tuple[SourceNotebook, ...], budgets: Mapping[str, float], chapter: str
) -> tuple[SourceNotebook, ...]:
    """Return the notebooks with the budgets of course_config.py, which go before those of the cells."""
    answers = {c.name for n in notebooks for c in n.cells if c.role is Role.ANSWER and c.name}
    for name in sorted(set(budgets) - answers):
        raise CourseError(
            f"course_config.py gives a budget to {name!r}, which is no answer cell of {chapter!r}.",
            hint=f"Answer cells: {', '.join(sorted(answers)) or 'none'}.",
        )

    def settled(cell: SourceCell) -> SourceCell:
        ours = budgets.get(cell.name) if cell.role is Role.ANSWER else None
        return cell if ours is None else replace(cell, budget=ours)

    return tuple(replace(n, cells=tuple(map(settled, n.cells))) for n in notebooks)


def copy_files(bundle: Bundle, folder: Path) -> None:
    """Copy a chapter's public files into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in bundle.files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _public(path: Path, folder: Path) -> bool:
    return not any(part.startswith((".", "__pycache__")) for part in path.relative_to(folder).parts)


def _read(path: Path) -> dict[str, Any]:
    """Read a notebook of the instructor's; raises CourseError if it is none."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        list(content["cells"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"{path.name} is not a notebook of format 4."
        raise CourseError(problem, hint="Open and save it in Jupyter.") from error
    return content


def _notebook(path: Path, course: Course, header: list[Any], footer: list[Any]) -> SourceNotebook:
    content = _read(path)
    spec = content.get("metadata", {}).get("kernelspec", {})
    language, kernel = str(spec.get("language") or "python"), str(spec.get("name") or "")
    markers = Markers.of(course, language)
    exercise, made = "", []
    for number, cell in enumerate([*header, *content["cells"], *footer]):
        cell = {**cell, "source": join(cell.get("source", ""))}
        exercise = _heading(cell) or exercise
        made.append(_cell(cell, number, exercise, markers))
    _refuse_unsupported(path, made)
    program = None if language.lower() == "python" else find_kernel(path.name, kernel, language)
    return SourceNotebook(path.stem, tuple(made), program)


def _refuse_unsupported(path: Path, cells: Iterable[SourceCell]) -> None:
    """Raise CourseError for what nbgrader knows and this does not, by name, before anything is graded."""
    for cell in cells:
        if cell.role is Role.CHECKS and "AUTOTEST" in cell.source:
            raise CourseError(
                f"{path.name}: the cell {cell.name!r} has an AUTOTEST line, which is not supported.",
                hint="Write the tests out: nbgrader generate_assignment --source_with_tests",
            )


def join(source: Any) -> str:
    """Return a cell's source as one text, however the notebook stores it; half characters become '?'."""
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return text.encode("utf-8", "replace").decode()


def _heading(cell: Mapping[str, Any]) -> str:
    """Return the exercise a markdown cell opens: its last second-level heading."""
    if cell["cell_type"] != "markdown":
        return ""
    headings = [line[3:].strip() for line in cell["source"].splitlines() if line.startswith(_HEADING)]
    return headings[-1] if headings else ""


def _cell(cell: Mapping[str, Any], number: int, exercise: str, markers: Markers) -> SourceCell:
    role, source = role_of(cell), cell["source"]
    visible = split_hidden(source, markers)[0] if role is Role.CHECKS else source
    open_to_student = role in (Role.ANSWER, Role.ESSAY)
    return SourceCell(
        cell_id=str(cell.get("id") or name_of(cell) or f"cell-{number}"),
        name=name_of(cell),
        cell_type=cell["cell_type"],
        role=role,
        source=source,
        visible=visible,
        released=strip_solution(source, cell["cell_type"], markers) if open_to_student else visible,
        points=points_of(cell),
        exercise=exercise or name_of(cell),
        marked=row_of(cell) is not None,
        manual=needs_human(cell),
        hidden_lines=_hidden_lines(source, markers) if role is Role.CHECKS else (),
        budget=budget_of(cell) if role is Role.ANSWER else None,
    )


def _hidden_lines(source: str, markers: Markers) -> tuple[int, ...]:
    """Return the line numbers, from 1, between the markers of hidden tests."""
    begin, end = markers.hidden
    inside, found = False, []
    for number, line in enumerate(source.split("\n"), start=1):
        inside = (inside or begin in line) and end not in line
        if inside:
            found.append(number)
    return tuple(found)
