"""Points that people gave, and the total they make with the automatic ones and the penalty for being late.

Pure: a result and its marks in, plain values out. Imports points, results and the texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from graders.feedback.clean import points
from graders.feedback.language import page_texts as texts
from graders.points import Mark, Marks
from graders.results import CellResult, NotebookResult, Role


@dataclass(frozen=True)
class Total:
    """What stands at the top of a page: points, what they are of, and the parts they are made of."""

    label: str
    points: float
    maximum: float
    parts: tuple[str, ...] = ()
    waiting: str = ""

    @property
    def share(self) -> float | None:
        """The part of the points reached, 0 to 1; None where there is nothing to reach."""
        return round(min(1.0, max(0.0, self.points / self.maximum)), 3) if self.maximum > 0 else None


def by_hand(cell: CellResult) -> bool:
    """Whether only a person can give a cell's points: essays, tasks, answers with points of their own."""
    return cell.role is not Role.CHECKS and cell.max_points > 0


def with_marks(notebook: NotebookResult, marks: Mapping[str, Mark]) -> NotebookResult:
    """Return a notebook with the points that people gave, in nbgrader's way: theirs before the automatic."""
    return replace(notebook, cells=tuple(_marked(cell, marks.get(cell.cell_id)) for cell in notebook.cells))


def _marked(cell: CellResult, mark: Mark | None) -> CellResult:
    if mark is None or not (by_hand(cell) or cell.role is Role.CHECKS):
        return cell
    reached = cell.points if mark.points is None else mark.points
    return replace(cell, points=None if reached is None else reached + mark.extra)


def is_changed(cell: CellResult, marks: Mapping[str, Mark]) -> bool:
    """Whether a person gave the points of a cell of checks."""
    mark = marks.get(cell.cell_id)
    return cell.role is Role.CHECKS and mark is not None and (mark.points is not None or bool(mark.extra))


def is_blank(cell: CellResult, marks: Mapping[str, Mark]) -> bool:
    """Whether nothing was written where a person gives the points."""
    mark = marks.get(cell.cell_id)
    return mark is not None and mark.blank


def is_settled(notebook: NotebookResult, marks: Mapping[str, Mark]) -> bool:
    """Whether people gave all points of a notebook that could not be graded."""
    checks = [cell for cell in notebook.cells if cell.role is Role.CHECKS]
    return all(is_changed(cell, marks) and cell.points is not None for cell in checks) if checks else False


def total_of(notebook: NotebookResult, marks: Marks) -> Total:
    """Return the total of a notebook that has the points of its marks already."""
    given = marks.of(notebook.name)
    hand = [cell for cell in notebook.cells if by_hand(cell)]
    done = [cell for cell in hand if cell.points is not None]
    penalty = marks.penalties.get(notebook.name, 0.0)
    changed = any(is_changed(cell, given) for cell in notebook.cells)
    most = notebook.max_points + sum(cell.max_points for cell in done)
    reached = (notebook.points or 0.0) + sum(cell.points or 0.0 for cell in done) - penalty
    waiting = _waiting([cell for cell in hand if cell.points is None])
    if not (done or changed or penalty):
        return Total(texts.SCORE_LABEL, notebook.points or 0.0, notebook.max_points, (), waiting)
    return Total(
        label=texts.SCORE_SO_FAR if waiting else texts.SCORE_ALL,
        points=max(0.0, reached),
        maximum=most,
        parts=tuple(filter(None, (_checks(notebook, changed), _done(done, given), late_text(marks, penalty)))),
        waiting=waiting,
    )


def _checks(notebook: NotebookResult, changed: bool) -> str:
    if notebook.max_points <= 0:
        return ""
    sentence = texts.PART_CHANGED if changed else texts.PART_CHECKS
    most = notebook.max_points
    return sentence.format(most, points=points(notebook.points or 0.0), maximum=points(most))


def _done(cells: list[CellResult], marks: Mapping[str, Mark]) -> str:
    if not cells:
        return ""
    plain = all(cell.role is Role.ESSAY and not is_blank(cell, marks) for cell in cells)
    sentence = texts.ESSAYS_MARKED if plain else texts.HAND_MARKED
    reached, most = sum(cell.points or 0.0 for cell in cells), sum(cell.max_points for cell in cells)
    return sentence.format(most, points=points(reached), maximum=points(most))


def _waiting(cells: list[CellResult]) -> str:
    if not cells:
        return ""
    sentence = texts.ESSAYS_WAITING if all(cell.role is Role.ESSAY for cell in cells) else texts.HAND_WAITING
    most = sum(cell.max_points for cell in cells)
    return sentence.format(most, maximum=points(most))


def late_text(marks: Marks, penalty: float) -> str:
    """Say what was taken off for being late, and how late it was; empty if nothing was."""
    if penalty <= 0:
        return ""
    late = duration(marks.seconds_late)
    sentence = texts.PART_LATE if late else texts.PART_PENALTY
    return sentence.format(penalty, late=late, points=points(penalty))


def duration(seconds: float) -> str:
    """Write a time in days and hours, or hours and minutes; a begun minute counts, empty for none."""
    minutes = -int(-max(0.0, seconds) // 60)
    counts = ((minutes // 1440, texts.DAYS), (minutes // 60 % 24, texts.HOURS), (minutes % 60, texts.MINUTES))
    said = [words.format(count, count=count) for count, words in counts if count]
    return " ".join(said[:2])
