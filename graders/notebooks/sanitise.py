"""Rebuild a submission from the instructor's notebook: only answer and essay text is the student's.

Points, roles, checks, given cells and their order come from the source, whatever the submitted file
says. Cells a student added stay after the neighbour they stood after. Nothing is executed here, and
nothing of the submitted file is trusted: it is read as JSON of bounded size.
"""

from __future__ import annotations

import importlib.util
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from graders.course import Limits
from graders.errors import SubmissionError
from graders.notebooks.bundle import Bundle, SourceCell, SourceNotebook, is_ignored, join
from graders.results import Role

_MB = 2**20
_MAX_ADDED = 300
_MAX_FILES, _MAX_DEPTH, _MAX_NAME, _MAX_NOTES = 100, 6, 200, 50
_OURS = ("timestamp.txt",)  # written by nbgrader, about the submission and not of it
_STARTUP = ("sitecustomize", "usercustomize")


@dataclass(frozen=True)
class Cell:
    """One cell of the rebuilt notebook: the source cell, and the text the student kernel runs."""

    origin: SourceCell
    text: str
    role: Role

    @property
    def runs(self) -> bool:
        """Whether the student kernel runs this cell."""
        inline = self.role is Role.CHECKS and self.origin.mode == "inline"
        return self.origin.cell_type == "code" and (
            inline or self.role in (Role.GIVEN, Role.ANSWER, Role.ADDED)
        )


@dataclass(frozen=True)
class HandIn:
    """One rebuilt notebook, and what was noticed while rebuilding it, in sentences for the student."""

    notebook: SourceNotebook
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()


def rebuild(notebook: SourceNotebook, submitted: Path, limits: Limits) -> HandIn:
    """Read a submitted notebook and rebuild it; raises SubmissionError with a sentence for the student."""
    theirs = read_cells(submitted, limits)
    matched, added, notes = _match(notebook, theirs)
    if not any(cell.role in (Role.ANSWER, Role.ESSAY) for cell in map(notebook.cells.__getitem__, matched)):
        if any(cell.role in (Role.ANSWER, Role.ESSAY) for cell in notebook.cells):
            raise SubmissionError(
                "None of this chapter's answer cells is in the notebook: it seems to belong elsewhere.",
                hint=f"Hand in {notebook.name}.ipynb as it was released, with your answers.",
            )
    return HandIn(notebook, tuple(_rebuilt(notebook, matched, added, notes)), tuple(notes))


def untouched(notebook: SourceNotebook) -> HandIn:
    """Return the notebook as it is released, with every answer still to be written."""
    return HandIn(notebook, tuple(Cell(cell, cell.released, cell.role) for cell in notebook.cells))


def reference(notebook: SourceNotebook) -> HandIn:
    """Return the notebook with the instructor's own answers."""
    return HandIn(notebook, tuple(Cell(cell, cell.source, cell.role) for cell in notebook.cells))


def read_cells(path: Path, limits: Limits) -> list[dict[str, Any]]:
    """Read the cells of an untrusted notebook: type, source, id and nbgrader's name, nothing else."""
    text = _read_text(path, limits)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise SubmissionError(
            f"{path.name} cannot be read: it is not a notebook, or it was damaged on the way.",
            hint="Open it in JupyterLab, save it, and hand it in again.",
        ) from None
    cells = _cells_of(content)
    if cells is None:
        raise SubmissionError(
            f"{path.name} is not a notebook of a format that is still in use.",
            hint="Open it in JupyterLab, save it, and hand it in again.",
        )
    return [_plain(cell) for cell in cells if isinstance(cell, dict)]


def _read_text(path: Path, limits: Limits) -> str:
    """Read a regular file of bounded size; never follows a link, never waits for a pipe."""
    try:
        if path.is_dir():
            raise IsADirectoryError
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise SubmissionError(f"{path.name} is not a plain file, so it was not read.") from None
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise SubmissionError(f"{path.name} is not a plain file, so it was not read.")
        if facts.st_size > limits.notebook_mb * _MB:
            raise SubmissionError(
                f"{path.name} is {facts.st_size / _MB:.0f} MB; at most {limits.notebook_mb} MB are read.",
                hint="Clear its outputs, save it, and hand it in again.",
            )
        return file.read(limits.notebook_mb * _MB + 1).decode("utf-8", "replace")


def _cells_of(content: Any) -> list[Any] | None:
    """Return the cells of a notebook of format 4, or of format 3 with its one worksheet."""
    if not isinstance(content, dict):
        return None
    cells = content.get("cells")
    worksheets = content.get("worksheets")
    if cells is None and isinstance(worksheets, list) and worksheets and isinstance(worksheets[0], dict):
        cells = worksheets[0].get("cells")
    return cells if isinstance(cells, list) else None


def _plain(cell: Mapping[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return {
        "type": "code" if cell.get("cell_type") == "code" else "markdown",
        "source": join(cell.get("source", cell.get("input", ""))),
        "id": cell.get("id") if isinstance(cell.get("id"), str) else "",
        "name": name if isinstance(name, str) else "",
    }


def _match(
    notebook: SourceNotebook, theirs: list[dict[str, Any]]
) -> tuple[dict[int, dict[str, Any]], dict[int, list[dict[str, Any]]], list[str]]:
    """Pair submitted cells with source cells; the rest were added, after the neighbour before them."""
    matched: dict[int, dict[str, Any]] = {}
    added: dict[int, list[dict[str, Any]]] = {}
    notes: list[str] = []
    anchor = -1
    for cell in theirs:
        number = _find(notebook, cell, matched)
        if number is None and cell["name"] in {c.name for c in notebook.cells if c.name}:
            notes.append(f"The cell {cell['name']!r} is there more than once; the first one counts.")
        elif number is None:
            if cell["source"].strip():
                added.setdefault(anchor, []).append(cell)
        else:
            matched[number] = cell
            anchor = number
    return matched, _first_added(added, notes), notes


def _first_added(added: dict[int, list[dict[str, Any]]], notes: list[str]) -> dict[int, list[dict[str, Any]]]:
    """Keep a reasonable number of added cells; nobody needs more to answer."""
    left, kept = _MAX_ADDED, dict[int, list[dict[str, Any]]]()
    for anchor, cells in added.items():
        kept[anchor] = cells[:left]
        left -= len(kept[anchor])
    if sum(map(len, added.values())) > _MAX_ADDED:
        notes.append(f"Only the first {_MAX_ADDED} added cells were kept.")
    return kept


def _find(notebook: SourceNotebook, cell: dict[str, Any], taken: Mapping[int, Any]) -> int | None:
    """Return the source cell a submitted one is: by nbgrader's name, then id, then unchanged text."""
    free = [(n, c) for n, c in enumerate(notebook.cells) if n not in taken]
    by_name = (n for n, c in free if c.name and c.name == cell["name"])
    by_id = (n for n, c in free if c.cell_id == cell["id"] and c.cell_type == cell["type"])
    by_text = (n for n, c in free if not c.marked and c.visible.strip() == cell["source"].strip())
    return next(by_name, None) if cell["name"] else next(by_id, next(by_text, None))


def _rebuilt(
    notebook: SourceNotebook,
    matched: Mapping[int, dict[str, Any]],
    added: Mapping[int, list[dict[str, Any]]],
    notes: list[str],
) -> Iterator[Cell]:
    yield from _added(added.get(-1, []), -1)
    for number, cell in enumerate(notebook.cells):
        yield Cell(cell, _text(cell, matched.get(number), notes), cell.role)
        yield from _added(added.get(number, []), number)


def _text(cell: SourceCell, theirs: Mapping[str, Any] | None, notes: list[str]) -> str:
    """Return what counts as a cell's text: the student's only where it is theirs to write."""
    label = cell.name or cell.cell_id
    if cell.role in (Role.ANSWER, Role.ESSAY):
        if theirs is None:
            notes.append(f"The answer cell {label!r} is missing; it counts as not answered.")
            return cell.released
        return str(theirs["source"])
    if theirs is not None and theirs["source"].rstrip() != cell.visible.rstrip():
        if not cell.marked and cell.role is Role.GIVEN:
            return str(theirs["source"])  # free for the student to change; the judge runs the instructor's
        if cell.marked:
            notes.append(f"The cell {label!r} was changed; the released version counts.")
    return cell.source if cell.role is Role.CHECKS else cell.visible


def _added(cells: list[dict[str, Any]], anchor: int) -> Iterator[Cell]:
    for number, cell in enumerate(cells):
        blank = SourceCell("", "", "markdown", Role.ADDED, "", "", "", 0.0, "", marked=False)
        name = f"added-{anchor + 1}-{number + 1}"
        origin = replace(blank, cell_id=name, cell_type=cell["type"])
        yield Cell(origin, cell["source"], Role.ADDED)


# -- files ----------------------------------------------------------------------------------------


def find_notebook(folder: Path, notebook: SourceNotebook, bundle: Bundle) -> Path:
    """Return the submitted file of a notebook; a renamed only notebook is accepted.

    Raises SubmissionError if there is none.
    """
    wanted = folder / f"{notebook.name}.ipynb"
    if wanted.is_symlink() or wanted.exists():
        return wanted
    others = sorted(p for p in folder.glob("*.ipynb") if p.is_file() and not p.is_symlink())
    if len(others) == 1 and len(bundle.notebooks) == 1:
        return others[0]
    raise SubmissionError(
        f"There is no {notebook.name}.ipynb in what was handed in.",
        hint="Hand in the notebook by its own name.",
    )


def accept_files(folder: Path, bundle: Bundle, limits: Limits) -> tuple[dict[str, str], list[str]]:
    """Choose the files that go into the kernel's working folder: the chapter's, then the student's.

    Returns name -> path, and a sentence for every file left out: links, too large ones, names that
    belong to the chapter or that would take the place of a module.
    """
    accepted = {name: path for name, path in bundle.files}
    notes: list[str] = []
    room, left = limits.disk_mb * _MB // 2, min(_MAX_FILES, limits.files // 4)
    for path in walk(folder):
        name = path.relative_to(folder).as_posix()
        if is_ignored(name, bundle.ignore):
            continue
        if name in bundle.theirs and path.is_file() and not path.is_symlink():
            accepted.pop(name, None)
        space = room if len(accepted) < len(bundle.files) + left else -1
        problem = _problem(path, name, accepted, space, bundle.theirs)
        if problem:
            notes.append(f"The file {name[:100]!r} was left out: {problem}.")
        elif name not in _OURS and path.suffix != ".ipynb":
            room -= path.stat().st_size
            accepted[name] = str(path)
    if len(notes) > _MAX_NOTES:
        notes = [*notes[:_MAX_NOTES], f"So were {len(notes) - _MAX_NOTES} other files."]
    return accepted, notes


def walk(folder: Path) -> Iterator[Path]:
    """Yield everything that is no folder, sorted, without following links, at most a few thousand."""
    count = 0
    for parent, folders, names in os.walk(folder):
        deep = len(Path(parent).relative_to(folder).parts) >= _MAX_DEPTH
        folders[:] = [] if deep else sorted(f for f in folders if not f.startswith("."))
        links = [f for f in folders if Path(parent, f).is_symlink()]
        for name in sorted([*names, *links]):
            count += 1
            if count > 2000:
                return
            yield Path(parent, name)


def _problem(path: Path, name: str, accepted: Mapping[str, str], room: int, theirs: tuple[str, ...]) -> str:
    if path.is_symlink() or not path.is_file():
        return "it is a link or not a plain file"
    if path.suffix == ".ipynb" or name in _OURS:
        return ""
    if name in accepted or any(parent.as_posix() in accepted for parent in PurePosixPath(name).parents):
        return "a file of that name belongs to the chapter"
    if any(known.startswith(f"{name}/") for known in accepted) or len(os.fsencode(name)) > _MAX_NAME:
        return "its name cannot be used"
    if any(part.startswith(".") for part in PurePosixPath(name).parts):
        return "its name starts with a dot"
    if name not in theirs and _shadows(name):
        return "its name would take the place of a module"
    return "there is no room for it" if path.stat().st_size > room else ""


def _shadows(name: str) -> bool:
    """Whether importing from the working folder would find this file instead of a library."""
    parts = PurePosixPath(name).parts
    module = parts[0].split(".")[0]
    if len(parts) == 1 and not name.endswith((".py", ".pyc", ".so", ".pth")):
        return False
    try:
        found = importlib.util.find_spec(module)
    except (ValueError, ImportError):
        found = None
    return module in _STARTUP or name.endswith(".pth") or (found is not None and found.origin is not None)
