"""Results -> nbgrader's gradebook and autograded/ folder: the only module that touches nbgrader.

Formgrader, ``nbgrader export`` and ``nbgrader generate_feedback`` work on what is written here. Imports
results, points, course, errors, files and the modules of its own (autograded, generate, marks) only; nbgrader
is imported when it is needed, because that takes a second and most commands do without.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat

from graders.adopted import read_adopted
from graders.autograded import KnownCell, is_unchanged, name_of, render
from graders.course import DELIMITERS, Course
from graders.database import database_error, make_tables
from graders.errors import GradersError, LeakError, UsageError
from graders.files import replace_file
from graders.generate import generate_assignment, nbgrader_config, tools_on_path
from graders.marks import read_marks
from graders.points import CellPoints, Marks, Person, StudentPoints
from graders.results import CellResult, NotebookResult, Outcome, Role, SubmissionResult

_NO_RESPONSE = "No response."  # nbgrader's own words for an answer that is still the stub
_OPEN_TO_GROUP = 0o2770  # as nbgrader leaves its folders where a group shares them
_PLAIN = re.compile(r"[^/\\\0]+")


def write_result(course: Course, result: SubmissionResult) -> None:
    """Write one result into the gradebook and the autograded folder; see :meth:`Gradebook.write`."""
    with Gradebook(course) as book:
        book.write(result)


def read_points(course: Course, chapter: str, student: str) -> StudentPoints:
    """Return the points of a submission; raises UsageError if the gradebook does not have it."""
    with Gradebook(course) as book:
        return book.read(chapter, student)


class Gradebook:
    """Writes results into nbgrader's database over one connection, one transaction per submission.

    Use it in a ``with`` statement; only one process should write at a time. Raises GradersError if
    the database cannot be opened or written.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self._ready: dict[str, dict[str, dict[str, str]]] = {}

    def __enter__(self) -> Gradebook:
        from nbgrader.api import Gradebook as Database
        from sqlalchemy.exc import SQLAlchemyError

        try:
            make_tables(self.course.database)
            with tools_on_path():
                self._book = Database(self.course.database, self.course.id)
        except SQLAlchemyError as error:
            raise database_error(error) from error
        self._db = self._book.db
        self._config = nbgrader_config(self.course)
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def write(self, result: SubmissionResult) -> None:
        """Write the points and the autograded notebooks of one result; writing it again changes nothing.

        Students, submissions and, where the chapter was never released, its cells are added. Manual
        scores and comments stay. What is ungradable keeps no score and asks for a human. Raises
        GradersError (nothing is written), LeakError if a hidden test stands in the result.
        """
        exact = read_adopted(self.course.root).exact
        if exact.stale_scores and result.outcome is Outcome.UNGRADABLE:
            shutil.rmtree(self._folder(result), ignore_errors=True)  # as nbgrader does; what is known stays
            return
        _check_result(self.course, result, hidden_may_stay=exact.hidden_in_feedback)
        self.prepare(result.chapter)
        with self._transaction():
            submission = self._submission(result)
            rows = {row.name: row for row in submission.notebooks}
            graded = {notebook.name: notebook for notebook in result.notebooks}
            for name, row in sorted(rows.items()):
                notebook = graded.get(name) or NotebookResult(name, result.outcome, message=result.message)
                self._write_notebook(result, row, notebook)
            self._penalise(submission)
            self._write_timestamp(result)

    def read(self, chapter: str, student: str) -> StudentPoints:
        """Return the points of a submission; raises UsageError if the gradebook does not have it."""
        from nbgrader.api import MissingEntry

        try:
            found = self._book.find_submission(chapter, student)
        except MissingEntry as error:
            raise UsageError(f"The gradebook has nothing from {student!r} for {chapter!r}.") from error
        grades = [(nb.name, grade) for nb in found.notebooks for grade in nb.grades]
        cells = [
            CellPoints(nb, g.name, g.auto_score, g.manual_score, g.max_score, g.needs_manual_grade)
            for nb, g in sorted(grades, key=lambda pair: (pair[0], pair[1].name))
        ]
        penalty = found.late_submission_penalty or 0.0
        return StudentPoints(
            found.score, found.max_score, penalty, bool(found.needs_manual_grade), tuple(cells)
        )

    def people(self) -> list[Person]:
        """Return all students of the course, by name."""
        names = ((s, ", ".join(filter(None, (s.last_name, s.first_name)))) for s in self._book.students)
        return sorted(Person(s.id, listed, s.email or "", s.lms_user_id or "") for s, listed in names)

    def seconds_late(self, chapter: str) -> dict[str, float]:
        """Return how many seconds each submission came after its due date, extensions included; 0 if not."""
        from nbgrader.api import MissingEntry

        try:
            found = self._book.assignment_submissions(chapter)
        except MissingEntry:
            return {}
        return {submission.student_id: float(submission.total_seconds_late) for submission in found}

    def marks(self, chapter: str) -> dict[str, Marks]:
        """Return what people and late penalties added to the results of a chapter, by student."""
        assignment = self._assignment(chapter)
        if assignment is None:
            return {}
        sources = sorted(self.course.place("source", chapter).glob("*.ipynb"))
        names = {path.stem: {name: cell for cell, name in _names_by_id(path).items()} for path in sources}
        return read_marks(self._db, assignment.id, names)

    def after_due(self, chapter: str) -> set[str] | None:
        """Return who handed in after the due date of a chapter, extensions not counted; None without one."""
        assignment = self._assignment(chapter)
        due = assignment.duedate if assignment else None
        if due is None:
            return None
        return {s.student_id for s in assignment.submissions if s.timestamp and s.timestamp > due}

    def max_points(self, chapter: str) -> float:
        """Return the most points of a chapter, those given by hand among them; 0 if it was never released."""
        from nbgrader.api import MissingEntry

        try:
            return float(self._book.find_assignment(chapter).max_score)
        except MissingEntry:
            return 0.0

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
            self._db.commit()
        except SQLAlchemyError as error:
            self._db.rollback()
            raise database_error(error) from error
        except OSError as error:
            self._db.rollback()
            raise GradersError(
                f"The autograded notebook could not be written: {error.strerror or error}.",
                hint="Check disk space and permissions, then run this again.",
            ) from error
        except BaseException:
            self._db.rollback()
            raise

    def prepare(self, chapter: str) -> None:
        """Make the gradebook know the chapter as its source is now; looked at once per connection."""
        if chapter in self._ready:
            return
        sources = sorted(self.course.place("source", chapter).glob("*.ipynb"))
        wanted = {cell for path in sources for cell in _graded_in(path)}
        if sources and wanted != self._graded_known(chapter):
            self._db.rollback()  # lets nbgrader, on its own connection, write
            with tempfile.TemporaryDirectory() as scratch:
                generate_assignment(self.course, chapter, Path(scratch))
            self._db.expire_all()
        with self._transaction():
            self._set_due(chapter)
        self._ready[chapter] = {path.stem: _names_by_id(path) for path in sources}

    def _graded_known(self, chapter: str) -> set[tuple[str, str, str, float]]:
        assignment = self._assignment(chapter)
        found = set()
        for notebook in assignment.notebooks if assignment else ():
            found |= {(notebook.name, "grade", c.name, c.max_score) for c in notebook.grade_cells}
            found |= {(notebook.name, "task", c.name, c.max_score) for c in notebook.task_cells}
            found |= {(notebook.name, "solution", c.name, 0.0) for c in notebook.solution_cells}
        return found

    def _assignment(self, chapter: str) -> Any:
        from nbgrader.api import Assignment

        return self._db.query(Assignment).filter(Assignment.name == chapter).one_or_none()

    def _set_due(self, chapter: str) -> None:
        from nbgrader.utils import parse_utc

        assignment = self._assignment(chapter)
        if assignment is None:
            raise UsageError(
                f"The gradebook does not know the chapter {chapter!r}, and its source is not there.",
                hint="Build the chapter or release it first.",
            )
        if due := self.course.chapter(chapter).due:
            assignment.duedate = parse_utc(due)

    def _submission(self, result: SubmissionResult) -> Any:
        """The submission with its student and all its rows, added where missing."""
        from nbgrader.api import Student, SubmittedAssignment
        from nbgrader.utils import parse_utc

        assignment = self._assignment(result.chapter)
        student = self._db.get(Student, result.student)
        if student is None and not self.course.create_students:
            raise UsageError(
                f"The gradebook has no student {result.student!r}, and Autograde.create_student is off.",
                hint=f"Run: nbgrader db student add {result.student}",
            )
        student = student or Student(id=result.student)
        query = self._db.query(SubmittedAssignment).filter_by(assignment_id=assignment.id)
        submission = query.filter_by(student_id=result.student).one_or_none()
        if submission is None:
            submission = SubmittedAssignment(assignment_id=assignment.id, student_id=result.student)
        self._db.add_all([student, submission])
        self._db.flush()
        if result.submitted_at:
            submission.timestamp = parse_utc(result.submitted_at)
        self._add_rows(assignment, submission)
        return submission

    def _add_rows(self, assignment: Any, submission: Any) -> None:
        from nbgrader.api import SubmittedNotebook

        there = {row.notebook_id for row in submission.notebooks}
        for notebook in assignment.notebooks:
            if notebook.id not in there:
                self._db.add(SubmittedNotebook(notebook_id=notebook.id, assignment_id=submission.id))
        self._db.flush()
        self._db.refresh(submission)

    def _write_notebook(self, result: SubmissionResult, row: Any, notebook: NotebookResult) -> None:
        known = self._known_cells(row.notebook)
        names = self._ready[result.chapter].get(notebook.name, {})
        cells = {name_of(cell, known, names): cell for cell in reversed(notebook.cells)}
        self._write_grades(row, known, cells, not notebook.cells and notebook.outcome is not Outcome.UNGRADABLE)
        nodes = render(notebook, known, names)
        path = self._folder(result) / f"{notebook.name}.ipynb"
        self._make_folder(path.parent)
        header = {
            "kernelspec": json.loads(row.notebook.kernelspec or "{}"),
            "language_info": {"name": "python"},
        }
        replace_file(
            path, nbformat.writes(nbformat.v4.new_notebook(cells=nodes, metadata=header)), mode=self._mode
        )

    @property
    def _mode(self) -> int:
        return int(self.course.permissions, 8)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for made in (folder, *folder.parents) if self.course.group_shared else ():
            if made == self.course.root:
                break
            with suppress(PermissionError):  # somebody else of the group made it, and opened it
                made.chmod(_OPEN_TO_GROUP)

    def _folder(self, result: SubmissionResult) -> Path:
        return self.course.place("autograded", result.chapter, result.student)

    def _known_cells(self, notebook: Any) -> dict[str, KnownCell]:
        from nbgrader.api import GradeCell, SolutionCell, TaskCell

        rows = {
            kind: {cell.name: cell for cell in self._db.query(kind).filter_by(notebook_id=notebook.id)}
            for kind in (GradeCell, SolutionCell, TaskCell)
        }
        known = {}
        for source in notebook.source_cells:
            grade, solution, task = (
                rows[kind].get(source.name) for kind in (GradeCell, SolutionCell, TaskCell)
            )
            known[source.name] = KnownCell(
                name=source.name,
                cell_type=source.cell_type,
                locked=bool(source.locked),
                checksum=source.checksum or "",
                grade_row=grade.id if grade else "",
                solution_row=solution.id if solution else "",
                task_row=task.id if task else "",
                points=next((float(cell.max_score) for cell in (grade, task) if cell), 0.0),
            )
        return known

    def _write_grades(
        self, row: Any, known: dict[str, KnownCell], cells: dict[str, CellResult], missing_is_zero: bool
    ) -> None:
        """Set scores and comments by nbgrader's rules (SaveAutoGrades); human ones are never touched."""
        from nbgrader.api import Comment, Grade

        grades = {grade.cell_id: grade for grade in row.grades}
        comments = {comment.cell_id: comment for comment in row.comments}
        for name, cell in known.items():
            unchanged = is_unchanged(cell, cells.get(name))
            if graded := cell.grade_row or cell.task_row:
                grade = grades.get(graded) or Grade(cell_id=graded, notebook_id=row.id)
                self._db.add(grade)
                grade.auto_score = _auto_score(cell, cells.get(name), unchanged, missing_is_zero)
                grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
            if commented := cell.solution_row or cell.task_row:
                comment = comments.get(commented) or Comment(cell_id=commented, notebook_id=row.id)
                self._db.add(comment)
                comment.auto_comment = _NO_RESPONSE if unchanged else None

    def _penalise(self, submission: Any) -> None:
        """Set late penalties as nbgrader does, with the course's own plugin where it has one."""
        from nbgrader.preprocessors import AssignLatePenalties

        self._db.flush()
        late = submission.total_seconds_late
        for row in submission.notebooks:
            row.late_submission_penalty = None
            if late > 0:
                self._db.refresh(row, ["score"])
                assign = AssignLatePenalties(config=self._config)
                assign.init_plugin()
                penalty = assign.plugin_inst.late_submission_penalty(submission.student.id, row.score, late)
                row.late_submission_penalty = None if penalty is None else min(max(penalty, 0), row.score)

    def _write_timestamp(self, result: SubmissionResult) -> None:
        """nbgrader compares this file to see whether feedback or a grade is out of date."""
        path = self._folder(result) / "timestamp.txt"
        if result.submitted_at:
            self._make_folder(path.parent)
            replace_file(path, result.submitted_at, mode=self._mode)
        else:
            path.unlink(missing_ok=True)


def _auto_score(
    known: KnownCell, cell: CellResult | None, unchanged: bool, missing_is_zero: bool
) -> float | None:
    """The automatic score of a graded cell; None where only a human can give one."""
    if cell is None:
        return 0.0 if missing_is_zero else None
    if known.manual:
        return 0.0 if unchanged else None
    return cell.points


def _names_by_id(path: Path) -> dict[str, str]:
    cells = json.loads(path.read_text(encoding="utf-8")).get("cells", [])
    found = {cell.get("id", ""): cell["metadata"].get("nbgrader", {}).get("grade_id", "") for cell in cells}
    return {cell_id: name for cell_id, name in found.items() if cell_id and name}


def _graded_in(path: Path) -> Iterator[tuple[str, str, str, float]]:
    """What a source notebook would register: notebook, kind, name and points of each cell."""
    for cell in json.loads(path.read_text(encoding="utf-8")).get("cells", []):
        metadata = cell["metadata"].get("nbgrader", {})
        for kind in ("grade", "solution", "task"):
            if metadata.get(kind):
                points = 0.0 if kind == "solution" else float(metadata.get("points") or 0.0)
                yield path.stem, kind, metadata.get("grade_id", ""), points


def _check_result(course: Course, result: SubmissionResult, *, hidden_may_stay: bool) -> None:
    """Refuse names that would leave the folders, and checks that still hold a hidden part."""
    for name in (result.student, result.chapter, *(notebook.name for notebook in result.notebooks)):
        if not re.fullmatch(r"[^/\\\0]+", name) or name in (".", ".."):
            raise UsageError(f"{name!r} cannot be the name of a student, chapter or notebook.")
    markers = [] if hidden_may_stay else [course.delimiter(name) for name in DELIMITERS]
    for cell in (cell for notebook in result.notebooks for cell in notebook.cells):
        if cell.role is Role.CHECKS and any(marker in cell.source for marker in markers):
            raise LeakError(
                f"The result for the cell {cell.cell_id!r} of {result.chapter} still holds a hidden part.",
                hint="Nothing was written; grade the submission again.",
            )
