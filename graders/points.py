"""What the gradebook holds, as plain data: points of cells and submissions, and who the students are."""

from __future__ import annotations

from dataclasses import dataclass

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
