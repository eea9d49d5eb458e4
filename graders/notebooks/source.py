"""source/NAME.py <-> source/NAME/NAME.ipynb: the reviewed text of a chapter and its compiled notebook.

The text is Python percent format, read and written by jupytext cell by cell, so that every cell knows
its line. Compiling is deterministic. Must not import nbgrader: its metadata comes from the roles table.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from graders.course import Course
from graders.errors import SourceError
from graders.files import replace_file
from graders.notebooks.outside import outside
from graders.notebooks.roles import (
    KEYWORDS,
    MARKERS,
    Markers,
    RoleRow,
    budget_of,
    nbgrader_metadata,
    row_for,
    row_of,
)

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_PERCENT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
# Every line that jupytext, too, takes for the beginning of a cell.
_HEADER = re.compile(r"\s*#\s*(%%%*(\s|$)|<codecell>\s*$|In\[[0-9 ]*\]:?\s*$)")
_NAME = re.compile(r"[a-z0-9_]{1,60}")
# jupytext would also take comments such as "# cat the arrays" for shell commands, so magics are ours.
_MAGIC = re.compile(r"^(\s*)(%{1,2}[A-Za-z]|![A-Za-z./])", re.MULTILINE)
_COMMENTED_MAGIC = re.compile(r"^(\s*)# (%{1,2}[A-Za-z]|![A-Za-z./])", re.MULTILINE)
_IGNORED = {".ipynb_checkpoints", "__pycache__"}


@dataclass(frozen=True)
class Cell:
    """One cell of a chapter: what it is, its source, and the text it stands in from ``line`` on."""

    line: int
    text: str
    cell_type: str
    source: str
    row: RoleRow | None = None
    name: str = ""
    points: float | None = None
    budget: float | None = None

    @property
    def identity(self) -> tuple[Any, ...]:
        """What two cells share when they compile to the same."""
        return (self.cell_type, self.source, self.row, self.name, self.points, self.budget)


class _Problems(list[str]):
    """Problems found so far, each with its line."""

    def add(self, line: int, text: str) -> None:
        self.append(f"line {line}: {text}")


def text_path(course: Course, name: str) -> Path:
    """Return the path of a chapter's text."""
    return course.folder("source") / f"{name}.py"


def notebook_path(course: Course, name: str) -> Path:
    """Return the path of a chapter's compiled notebook."""
    return course.folder("source") / name / f"{name}.ipynb"


def build(course: Course, name: str) -> Path:
    """Compile a chapter's text to its notebook; data files beside the notebook stay as they are.

    The same text gives the same bytes. Raises SourceError, with lines, if the text breaks a rule.
    """
    path = notebook_path(course, name)
    problems = _Problems()
    cells = _parse(_read(text_path(course, name)), problems)
    _check_rules(cells, Markers.of(course), problems)
    if problems:
        raise SourceError(f"source/{name}.py: {'; '.join(problems)}.", hint="Correct the text and build again.")
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, compile_cells(cells))
    return path


def pull(course: Course, name: str) -> Path:
    """Write a notebook that was edited in JupyterLab back to the chapter's text.

    Cells that did not change keep their text as it is written. Raises SourceError if the notebook
    breaks a rule or holds something that the text cannot say; the text is then left alone.
    """
    path = text_path(course, name)
    found = [_from_notebook(cell) for cell in _load(notebook_path(course, name)).cells]
    edited = [cell for cell in found if cell.source.strip() or cell.row]
    old_text = path.read_text(encoding="utf-8") if path.is_file() else ""
    text = _merge(old_text, edited)
    problems = _Problems()
    cells = _parse(text, problems)
    _check_rules(cells, Markers.of(course), problems)
    if not problems and [c.identity for c in cells] != [c.identity for c in edited]:
        problems.append('a cell contains a line that would begin a new cell ("# %%")')
    if problems:
        raise SourceError(
            f"{name}.ipynb cannot become text: {'; '.join(problems)}.", hint="Correct the notebook."
        )
    replace_file(path, text)
    return path


def check(course: Course, name: str) -> list[str]:
    """Return everything wrong with a chapter's source, worded for its author; empty if all is well."""
    problems = _Problems()
    path = text_path(course, name)
    try:
        cells = _parse(_read(path), problems)
    except SourceError as error:
        return [str(error)]
    _check_rules(cells, Markers.of(course), problems)
    found = [f"source/{name}.py, {problem}" for problem in problems]
    if not problems and _bytes_of(notebook_path(course, name)) != compile_cells(cells).encode():
        found.append(f"source/{name}/{name}.ipynb is not what source/{name}.py compiles to: build or pull it")
    for twin in twins(path.parent / name, Markers.of(course)):
        found.append(f"source/{name}/{twin} is text of a chapter and would be released: move it up one folder")
    return found


def twins(folder: Path, markers: Markers = MARKERS) -> list[str]:
    """Return the files below an assignment folder that hold a chapter as text, with its solutions.

    nbgrader copies every file of the folder to the students, so these would be a leak.
    """
    return [
        path.relative_to(folder).as_posix()
        for path in public_files(folder)
        if path.suffix != ".ipynb" and _is_twin(path, markers)
    ]


def public_files(folder: Path) -> list[Path]:
    """Return the files below an assignment folder that are released with it, sorted."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and not _IGNORED & set(p.parts))


def compile_cells(cells: list[Cell]) -> str:
    """Return the JSON text of the notebook of some cells; the same cells give the same text."""
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": dict(KERNELSPEC), "language_info": {"name": "python"}}
    )
    for cell, cell_id in zip(cells, _cell_ids(cells), strict=True):
        made = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")(cell.source, id=cell_id)
        if cell.row:
            made.metadata["nbgrader"] = nbgrader_metadata(cell.row, cell.name, cell.points)
        if cell.budget is not None:
            made.metadata["graders"] = {"budget": cell.budget}
        notebook.cells.append(made)
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


def _cell_ids(cells: list[Cell]) -> Iterator[str]:
    """The name of a role, else a hash of the content, which moving a cell does not change."""
    seen: Counter[str] = Counter()
    for cell in cells:
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        plain = f"{cell.cell_type}-{digest}"
        seen[plain] += 1
        yield cell.name or (plain if seen[plain] == 1 else f"{plain}-{seen[plain]}")


def _parse(text: str, problems: _Problems) -> list[Cell]:
    """Cut the text at its "# %%" lines and read each piece; what is wrong is added to the problems."""
    pieces = _pieces(text)
    for line, piece in pieces[:1]:
        if any(row.strip() and not row.startswith("#") for row in piece.split("\n")):
            problems.add(line, "text before the first cell; begin the file with a # %% line")
    return [_read_cell(line, piece, problems) for line, piece in pieces[1:]]


def _pieces(text: str) -> list[tuple[int, str]]:
    """The preamble and the cells, each with its first line's number; joined they are the text."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    starts = [0, *(i for i, line in enumerate(lines) if _HEADER.match(line)), len(lines)]
    return [(i + 1, "".join(lines[i:j])) for i, j in pairwise(starts)]


def _read_cell(line: int, piece: str, problems: _Problems) -> Cell:
    cell = jupytext.reads(piece, _PERCENT).cells[0]
    source = cell.source.strip("\n")
    if cell.cell_type == "code":
        source = _COMMENTED_MAGIC.sub(r"\1\2", source)
    header = {k: v for k, v in cell.metadata.items() if k not in ("lines_to_next_cell", "cell_marker")}
    row, name, points = _read_header(line, cell.cell_type, header, problems)
    budget = budget_of({"metadata": {"graders": header}})
    if "budget" in header and (budget is None or row is None or row.keyword != "answer"):
        problems.add(line, "budget=3 is a number above 0, on answer cells")
    return Cell(line, piece, cell.cell_type, source, row, name, points, budget)


def _read_header(
    line: int, cell_type: str, header: Mapping[str, Any], problems: _Problems
) -> tuple[RoleRow | None, str, float | None]:
    """Find the row, name and points that a header line gives."""
    keywords = [key for key in header if key in KEYWORDS]
    for key in sorted(set(header) - {*KEYWORDS, "points", "budget"}):
        said = header[key] if key in ("title", "incorrectly_encoded_metadata") else key
        problems.add(line, f'{said!r} is not understood; write for example given="data" or points=2')
    if len(keywords) != 1:
        if keywords or "points" in header:
            problems.add(line, f"a cell has one role ({', '.join(KEYWORDS)}), and points only with a role")
        return None, "", None
    row = row_for(keywords[0], cell_type, points="points" in header)
    if row is None:
        problems.add(line, f"a {cell_type} cell cannot be {keywords[0]!r}")
        return None, "", None
    return row, _name(line, header[keywords[0]], problems), _points(line, row, header, problems)


def _name(line: int, name: Any, problems: _Problems) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        problems.add(line, f"the name {name!r} is not made of a-z, 0-9 and _ (at most 60 characters)")
        return ""
    return name


def _points(line: int, row: RoleRow, header: Mapping[str, Any], problems: _Problems) -> float | None:
    points = header.get("points")
    if row.points and points is None:
        problems.add(line, f'{row.keyword} need points; write {row.keyword}="..." points=2')
    elif points is not None and not row.points:
        problems.add(line, f"{row.keyword} cells have no points")
    elif points is not None and (isinstance(points, bool) or not isinstance(points, int | float) or points < 0):
        problems.add(line, f"points are a number, not {points!r}")
    else:
        return points
    return 0


def _check_rules(cells: list[Cell], markers: Markers, problems: _Problems) -> None:
    """Add what the cells break together, and what stands inside each of them."""
    first: dict[str, int] = {}
    for cell in cells:
        if cell.name and first.setdefault(cell.name, cell.line) != cell.line:
            problems.add(cell.line, f"the name {cell.name!r} is already used in line {first[cell.name]}")
        role = cell.row.keyword if cell.row else ""
        _check_region(cell, markers.solution, role in ("answer", "essay"), "answer or essay", problems)
        _check_region(cell, markers.hidden, role == "checks", "checks", problems)
        _check_region(cell, markers.scheme, role == "task", "task", problems)
        if role == "checks":
            _check_sentences(cell, problems)
    code = [cell for cell in cells if cell.cell_type == "code"]
    written = [(cell.line, cell.row.keyword if cell.row else "", cell.name, cell.source) for cell in code]
    for line, problem in outside(written, markers):
        problems.add(line, problem)


def _check_region(cell: Cell, pair: tuple[str, str], allowed: bool, where: str, problems: _Problems) -> None:
    """Markers come in pairs, not nested, in cells of the right role only."""
    opened = 0
    for line, text in enumerate(cell.text.split("\n"), start=cell.line):
        begins, ends = pair[0] in text, pair[1] in text
        if not (begins or ends):
            continue
        if not allowed:
            problems.add(line, f"{pair[0 if begins else 1]!r} outside a cell with the role {where}")
        elif begins == bool(opened):
            problems.add(line, f"{pair[0]!r} twice" if begins else f"{pair[1]!r} without {pair[0]!r}")
        opened = line if begins else 0
    if opened and allowed:
        problems.add(opened, f"{pair[0]!r} without {pair[1]!r}")


def _check_sentences(cell: Cell, problems: _Problems) -> None:
    """The first argument of every check is a string literal: students read it before anything ran."""
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        line = cell.line + (error.lineno or 1) + _leading_blank(cell.text)
        problems.add(line, f"this is not Python: {error.msg}")
        return
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if _is_check(call.func) and not _is_sentence(call):
            line = cell.line + call.lineno + _leading_blank(cell.text)
            problems.add(line, f"the first argument of {ast.unparse(call.func)} must be a plain string")


def _is_check(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "check"


def _is_sentence(call: ast.Call) -> bool:
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "asked")]
    return bool(given) and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str)


def _leading_blank(text: str) -> int:
    """Blank lines between the header and the first line of the source."""
    body = text.split("\n")[1:]
    return next((i for i, line in enumerate(body) if line.strip()), 0)


def _from_notebook(cell: Mapping[str, Any]) -> Cell:
    """Read a cell as JupyterLab saved it; names that nbgrader made up are put into our alphabet."""
    row = row_of(cell)
    metadata = cell["metadata"].get("nbgrader", {}) if row else {}
    name = re.sub(r"[^a-z0-9_]", "_", str(metadata.get("grade_id", "")).lower())
    points = _plain_number(metadata.get("points", 0)) if row and row.points else None
    return Cell(0, "", cell["cell_type"], cell["source"].strip("\n"), row, name, points, budget_of(cell))


def _plain_number(points: Any) -> float:
    return int(points) if float(points).is_integer() else float(points)


def _merge(old_text: str, cells: list[Cell]) -> str:
    """Write cells as text, taking the old text's piece for every cell that was there before."""
    known: dict[tuple[Any, ...], str] = {}
    for cell in _parse(old_text, _Problems()):
        known.setdefault(cell.identity, cell.text)
    preamble = _pieces(old_text)[0][1] if old_text else ""
    pieces = [known.get(cell.identity) or _write_cell(cell) for cell in cells]
    return preamble + "".join(piece.rstrip("\n") + _gap(piece) for piece in pieces[:-1]) + _end(pieces)


def _gap(piece: str) -> str:
    """The blank lines after a piece: as they were, at least one."""
    return max("\n\n", piece[len(piece.rstrip("\n")) :], key=len)


def _end(pieces: list[str]) -> str:
    return pieces[-1].rstrip("\n") + "\n" if pieces else ""


def _write_cell(cell: Cell) -> str:
    source = cell.source
    if cell.cell_type == "code":
        source = _MAGIC.sub(r"\1# \2", source)
    made = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")(source)
    notebook = nbformat.v4.new_notebook(
        cells=[made], metadata={"jupytext": {"notebook_metadata_filter": "-all"}}
    )
    body = str(jupytext.writes(notebook, _PERCENT)).partition("\n")[2]
    return _header_line(cell) + "\n" + body.rstrip("\n") + "\n"


def _header_line(cell: Cell) -> str:
    parts = ["# %%"] + ([] if cell.cell_type == "code" else [f"[{cell.cell_type}]"])
    if cell.row:
        parts.append(f'{cell.row.keyword}="{cell.name}"')
    parts += [f"{k}={getattr(cell, k)}" for k in ("points", "budget") if getattr(cell, k) is not None]
    return " ".join(parts)


def _is_twin(path: Path, markers: Markers) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    percent = any(re.match(rf"# %%.*\b({'|'.join(KEYWORDS)})=", line) for line in text.splitlines())
    return percent or any(marker in text for marker in markers.all)


def _read(path: Path) -> str:
    if not path.is_file():
        raise SourceError(f"There is no source/{path.name}.", hint="Write the chapter's text there.")
    return path.read_text(encoding="utf-8")


def _load(path: Path) -> nbformat.NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError as error:
        raise SourceError(f"There is no notebook {path.name} to pull.", hint="Build it first.") from error
    except (ValueError, nbformat.ValidationError, nbformat.reader.NotJSONError) as error:
        raise SourceError(f"{path.name} is not a notebook.", hint="Build it again.") from error


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
