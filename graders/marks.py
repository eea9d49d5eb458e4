"""What people and the calendar put into nbgrader's gradebook for one chapter: the reading half of gradebook.py.

Asks for columns of whole chapters, because loading a thousand submissions one by one takes a minute. Imports
points only; nbgrader and SQLAlchemy are imported when they are needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from graders.points import Mark, Marks

Names = Mapping[str, Mapping[str, str]]  # notebook -> nbgrader's name of a cell -> its id in results
_Place = tuple[str, str, str]  # student, notebook, cell


def read_marks(db: Any, assignment: str, names: Names) -> dict[str, Marks]:
    """Return the marks of all students of whom anything is known, by student.

    ``db`` is a SQLAlchemy session of nbgrader's database, ``assignment`` the id of the chapter's row.
    """
    marks = {_placed(place, names): mark for place, mark in _grades(db, assignment)}
    for place, comment in _comments(db, assignment):
        where = _placed(place, names)
        marks[where] = replace(marks.get(where, Mark()), comment=comment)
    cells: dict[str, dict[tuple[str, str], Mark]] = defaultdict(dict)
    for student, notebook, cell in sorted(marks):
        cells[student][notebook, cell] = marks[student, notebook, cell]
    late, penalties = _seconds_late(db, assignment), _penalties(db, assignment)
    return {
        student: Marks(cells.get(student, {}), penalties.get(student, {}), late.get(student, 0.0))
        for student in sorted({*cells, *penalties, *late})
    }


def _placed(place: _Place, names: Names) -> _Place:
    student, notebook, cell = place
    return student, notebook, names.get(notebook, {}).get(cell, cell)


def _places(db: Any, assignment: str, row: Any, *columns: Any) -> Any:
    """Ask for some columns of rows that belong to a cell, after the cell's place."""
    from nbgrader.api import BaseCell, Notebook, SubmittedAssignment, SubmittedNotebook

    place = (SubmittedAssignment.student_id, Notebook.name, BaseCell.name)
    return (
        db.query(*place, *columns)
        .select_from(row)
        .join(SubmittedNotebook, row.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(BaseCell, row.cell_id == BaseCell.id)
        .filter(SubmittedAssignment.assignment_id == assignment)
    )


def _grades(db: Any, assignment: str) -> Iterator[tuple[_Place, Mark]]:
    from nbgrader.api import Grade
    from sqlalchemy import or_

    most, by_hand = _cells(db)
    columns = (
        Grade.cell_id,
        Grade.manual_score,
        Grade.extra_credit,
        Grade.needs_manual_grade,
        Grade.auto_score,
    )
    given = or_(Grade.manual_score.is_not(None), Grade.extra_credit.is_not(None), Grade.auto_score == 0)
    for *place, cell, points, extra, waits, auto in _places(db, assignment, Grade, *columns).filter(given):
        blank = points is None and auto == 0 and not waits and cell in by_hand
        if blank or points is not None or extra is not None:
            student, notebook, name = place
            mark = Mark(0.0 if blank else points, extra or 0.0, most.get(cell, 0.0), blank=blank)
            yield (student, notebook, name), replace(mark, again=bool(waits) and points is not None)


def _cells(db: Any) -> tuple[dict[str, float], set[str]]:
    """Return the most points of graded cells by their row, and the rows of those marked by people."""
    from nbgrader.api import GradeCell, SolutionCell, TaskCell

    answers = set(db.query(SolutionCell.notebook_id, SolutionCell.name).all())
    graded = db.query(GradeCell.id, GradeCell.max_score, GradeCell.notebook_id, GradeCell.name).all()
    tasks = db.query(TaskCell.id, TaskCell.max_score).all()
    most = {row: float(points or 0.0) for row, points, *_ in (*graded, *tasks)}
    by_hand = {row for row, _, *place in graded if tuple(place) in answers}
    return most, by_hand | {row for row, _ in tasks}


def _comments(db: Any, assignment: str) -> Iterator[tuple[_Place, str]]:
    """Yield what people wrote; the automatic comments of nbgrader say only that an answer is empty."""
    from nbgrader.api import Comment

    for student, notebook, name, text in _places(db, assignment, Comment, Comment.manual_comment):
        if text and text.strip():
            yield (student, notebook, name), text


def _penalties(db: Any, assignment: str) -> dict[str, dict[str, float]]:
    from nbgrader.api import Notebook, SubmittedAssignment, SubmittedNotebook

    rows = (
        db.query(SubmittedAssignment.student_id, Notebook.name, SubmittedNotebook.late_submission_penalty)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .filter(SubmittedAssignment.assignment_id == assignment, SubmittedNotebook.late_submission_penalty > 0)
    )
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for student, notebook, penalty in rows:
        found[student][notebook] = float(penalty)
    return found


def _seconds_late(db: Any, assignment: str) -> dict[str, float]:
    """Return how late each submission was; extensions count."""
    from nbgrader.api import SubmittedAssignment

    found = db.query(SubmittedAssignment).filter(SubmittedAssignment.assignment_id == assignment)
    late = {submission.student_id: float(submission.total_seconds_late) for submission in found}
    return {student: seconds for student, seconds in late.items() if seconds > 0}
