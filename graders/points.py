"""What the gradebook holds, as plain data: points of cells and submissions, and who the students are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graders.errors import UsageError


@dataclass(frozen=True)
class CellPoints:
    """The points of one cell in the gradebook; ``auto`` is None where only a human can give them."""

    notebook: str
    name: str
    auto: float | None
    manual: float | None
    max_points: float
    needs_human: bool


@dataclass(frozen=True)
class StudentPoints:
    """What the gradebook holds for one submission; ``score`` is before the late penalty."""

    score: float
    max_score: float
    late_penalty: float
    needs_human: bool
    cells: tuple[CellPoints, ...]

    def cell(self, name: str) -> CellPoints:
        """Return the points of the cell of that name; raises UsageError if there is none."""
        for cell in self.cells:
            if cell.name == name:
                return cell
        raise UsageError(f"The gradebook has no graded cell {name!r}.")


@dataclass(frozen=True, order=True)
class Person:
    """A student as the gradebook knows them; nbgrader asks for no more than the first."""

    student: str
    listed: str = ""  # "last name, first name"
    email: str = ""
    lms_id: str = ""


@dataclass(frozen=True)
class Mark:
    """What a person gave a cell: points instead of the automatic ones, points on top, a comment.

    ``again`` says that it was graded anew since, so that the person has to look once more; ``blank`` that
    nobody had to look, because nothing was written where a person gives the points.
    """

    points: float | None = None
    extra: float = 0.0
    max_points: float = 0.0
    comment: str = ""
    again: bool = False
    blank: bool = False


@dataclass(frozen=True)
class Marks:
    """What people and the calendar added to a submission's result, by the notebooks' and cells' names.

    Cells are named as in the result. ``penalties`` are points taken off for being late.
    """

    cells: Mapping[tuple[str, str], Mark] = field(default_factory=dict)
    penalties: Mapping[str, float] = field(default_factory=dict)
    seconds_late: float = 0.0

    def of(self, notebook: str) -> dict[str, Mark]:
        """Return the marks of one notebook's cells."""
        return {cell: mark for (name, cell), mark in self.cells.items() if name == notebook}
