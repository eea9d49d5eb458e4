"""One table of cell roles, between the percent text, nbgrader's metadata (schema 3) and ours.

Also the markers that divide a cell into what a student sees and what not. Reads cells as plain
mappings; must not import nbgrader, jupytext or nbformat, so that kernels can afford it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graders.course import DELIMITERS, Course
from graders.errors import SourceError
from graders.results import Role

SCHEMA_VERSION = 3
CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
# nbgrader's stubs, by the language of the kernel.
CODE_STUBS = {
    "python": CODE_STUB,
    "R": "# YOUR CODE HERE\nfail()",
    "matlab": "% YOUR CODE HERE\nerror('No Answer Given!')",
    "octave": "% YOUR CODE HERE\nerror('No Answer Given!')",
    "sas": "/* YOUR CODE HERE */\n %notImplemented;",
    "java": "// YOUR CODE HERE",
}
TEXT_STUB = "YOUR ANSWER HERE"


@dataclass(frozen=True)
class RoleRow:
    """One row of the table: a keyword of the text, a kind of cell, and nbgrader's flags for it.

    ``manual`` says that a human gives the points; ``role`` says whose text the cell is.
    """

    keyword: str
    cell_type: str
    role: Role
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False

    @property
    def points(self) -> bool:
        """Whether the cell must say how many points it is worth."""
        return self.grade or self.task

    @property
    def manual(self) -> bool:
        """Whether the points are given by a human."""
        return self.task or (self.grade and self.solution)


# A task's text and a read-only markdown cell are the instructor's: prose, even where they carry points.
# A manually graded code cell is answer code that runs, with points a human gives.
ROLES: tuple[RoleRow, ...] = (
    RoleRow("given", "code", Role.GIVEN, locked=True),
    RoleRow("given", "markdown", Role.PROSE, locked=True),
    RoleRow("answer", "code", Role.ANSWER, solution=True),
    RoleRow("answer", "code", Role.ANSWER, grade=True, solution=True),
    RoleRow("checks", "code", Role.CHECKS, grade=True, locked=True),
    RoleRow("essay", "markdown", Role.ESSAY, grade=True, solution=True),
    RoleRow("task", "markdown", Role.PROSE, locked=True, task=True),
)
KEYWORDS: tuple[str, ...] = tuple(dict.fromkeys(row.keyword for row in ROLES))


@dataclass(frozen=True)
class Markers:
    """The texts that begin and end a solution, a hidden test and a marking scheme."""

    begin_solution: str = DELIMITERS["begin_solution_delimeter"][1]
    end_solution: str = DELIMITERS["end_solution_delimeter"][1]
    begin_hidden: str = DELIMITERS["begin_test_delimeter"][1]
    end_hidden: str = DELIMITERS["end_test_delimeter"][1]
    begin_scheme: str = DELIMITERS["begin_mark_scheme_delimeter"][1]
    end_scheme: str = DELIMITERS["end_mark_scheme_delimeter"][1]
    code_stub: str = CODE_STUB
    text_stub: str = TEXT_STUB

    @classmethod
    def of(cls, course: Course, language: str = "") -> Markers:
        """Return the markers of a course: nbgrader's, with the course's own on top.

        With a language, also what stands for code to write in it. Raises SourceError if nobody says what does.
        """
        stubs = {"": CODE_STUB, **(course.code_stubs or CODE_STUBS)}
        language = language or ("python" if "python" in stubs else "")
        if language not in stubs:
            raise SourceError(
                f"There is no stub for code in the language {language!r}.",
                hint="Set ClearSolutions.code_stub in nbgrader_config.py.",
            )
        made = cls(*(course.delimiter(name) for name in DELIMITERS))
        return replace(made, code_stub=stubs[language], text_stub=course.text_stub)

    @property
    def solution(self) -> tuple[str, str]:
        """The pair around a reference solution."""
        return (self.begin_solution, self.end_solution)

    @property
    def hidden(self) -> tuple[str, str]:
        """The pair around hidden tests."""
        return (self.begin_hidden, self.end_hidden)

    @property
    def scheme(self) -> tuple[str, str]:
        """The pair around the marking scheme of a task."""
        return (self.begin_scheme, self.end_scheme)

    @property
    def all(self) -> tuple[str, ...]:
        """Every marker; none of them may appear in front of a student."""
        return (*self.solution, *self.hidden, *self.scheme)


MARKERS = Markers()


def row_for(keyword: str, cell_type: str, *, points: bool) -> RoleRow | None:
    """Return the row of a keyword of the text, None if a cell of that type cannot have the role."""
    rows = [row for row in ROLES if (row.keyword, row.cell_type) == (keyword, cell_type)]
    return next((row for row in rows if row.points == points), rows[0] if rows else None)


def row_of(cell: Mapping[str, Any]) -> RoleRow | None:
    """Return the row of a notebook cell, None for cells that nbgrader does not know or never uses."""
    flags = _flags(cell)
    for row in ROLES:
        if (row.cell_type, row.task, row.grade, row.solution) == (cell["cell_type"], *flags[:3]):
            if row.points or row.solution or row.locked == flags[3]:
                return row
    return None


def role_of(cell: Mapping[str, Any]) -> Role:
    """Return the role of a cell of an instructor's notebook, also of one nbgrader never marked.

    An unmarked code cell is instructor code, anything else unmarked is prose. Whether a cell was
    added by a student cannot be seen from the cell: compare with the instructor's notebook.
    """
    row = row_of(cell)
    if row:
        return row.role
    return Role.GIVEN if cell["cell_type"] == "code" else Role.PROSE


def name_of(cell: Mapping[str, Any]) -> str:
    """Return nbgrader's name of a cell (its ``grade_id``), empty if it has none."""
    return str(_nbgrader(cell).get("grade_id", "")) if row_of(cell) else ""


def points_of(cell: Mapping[str, Any]) -> float:
    """Return the points a cell is worth; 0 where nbgrader counts none."""
    row = row_of(cell)
    return float(_nbgrader(cell).get("points") or 0.0) if row and row.points else 0.0


def budget_of(cell: Mapping[str, Any]) -> float | None:
    """Return how many times the reference's CPU seconds an answer cell may take, None without a limit."""
    ours = cell.get("metadata", {}).get("graders", {})
    budget = ours.get("budget") if isinstance(ours, Mapping) else None
    if isinstance(budget, bool) or not isinstance(budget, int | float):
        return None
    return budget if 0 < budget < math.inf else None


def needs_human(cell: Mapping[str, Any]) -> bool:
    """Say whether the points of a cell are given by a human: essays, tasks, manually graded code."""
    row = row_of(cell)
    return bool(row and row.manual)


def nbgrader_metadata(row: RoleRow, name: str, points: float | None = None) -> dict[str, Any]:
    """Return nbgrader's cell metadata (schema 3) for a row of the table."""
    metadata: dict[str, Any] = {
        "grade": row.grade,
        "grade_id": name,
        "locked": row.locked,
        "schema_version": SCHEMA_VERSION,
        "solution": row.solution,
        "task": row.task,
    }
    return {**metadata, "points": points} if row.points else metadata


def _nbgrader(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    found = cell.get("metadata", {}).get("nbgrader", {})
    return found if isinstance(found, Mapping) else {}


def _flags(cell: Mapping[str, Any]) -> tuple[bool, bool, bool, bool]:
    """Task, grade, solution, locked; older schemas leave some of them out."""
    metadata = _nbgrader(cell)
    task, grade, solution, locked = (
        metadata.get(flag) is True for flag in ("task", "grade", "solution", "locked")
    )
    return (task, grade, solution, locked)


def split_hidden(source: str, markers: Markers = MARKERS) -> tuple[str, str]:
    """Divide a checks cell into its visible and its hidden lines, as nbgrader's release does.

    Raises SourceError for a hidden part that is nested or does not end.
    """
    visible, hidden = _split(source, markers.hidden)
    return "\n".join(line for line, begins in visible if not begins), "\n".join(hidden)


def strip_solution(source: str, cell_type: str = "code", markers: Markers = MARKERS) -> str:
    """Return an answer or essay as it is released: the stub instead of each solution.

    A cell without solution markers is a solution as a whole, as in nbgrader. Raises SourceError for a
    solution that is nested or does not end.
    """
    stub = (markers.code_stub if cell_type == "code" else markers.text_stub).split("\n")
    visible, _ = _split(source, markers.solution)
    if not any(begins for _, begins in visible):
        return "\n".join(stub)
    released: list[str] = []
    for line, begins in visible:
        indent = re.match(r"\s*", line)
        prefix = indent.group(0) if indent else ""
        released += [prefix + part for part in stub] if begins else [line]
    return "\n".join(released)


def solution_of(source: str, markers: Markers = MARKERS) -> str:
    """Return the lines of an answer or essay that the release takes away (all without markers)."""
    visible, inside = _split(source, markers.solution)
    return "\n".join(inside) if any(begins for _, begins in visible) else source


def scheme_of(source: str, markers: Markers = MARKERS) -> str:
    """Return the marking scheme inside a task cell; empty if there is none."""
    return "\n".join(_split(source, markers.scheme)[1])


def _split(source: str, pair: tuple[str, str]) -> tuple[list[tuple[str, bool]], list[str]]:
    """Lines outside a region (each with: it was the begin marker) and lines inside."""
    begin, end = pair
    outside: list[tuple[str, bool]] = []
    inside: list[str] = []
    opened = 0
    for number, line in enumerate(source.split("\n"), start=1):
        if begin in line:
            if opened:
                raise SourceError(f"Line {number} of a cell: {begin!r} again before {end!r}.")
            opened = number
            outside.append((line, True))
        elif end in line:
            opened = 0
        elif opened:
            inside.append(line)
        else:
            outside.append((line, False))
    if opened:
        raise SourceError(f"Line {opened} of a cell: {begin!r} has no {end!r}.", hint=f"Add ### {end}.")
    return outside, inside
