"""Results in nbgrader's gradebook: scores, human marks, penalties, and nbgrader's own programs on top."""

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook as Database
from nbgrader.nbgraderformat import read as read_nbgrader

from graders.course import Course, load_course
from graders.database import make_tables
from graders.errors import GradersError, LeakError, UsageError
from graders.generate import generate_assignment, nbgrader_config, tools_on_path
from graders.gradebook import Gradebook, read_points, write_result
from graders.notebooks import source
from graders.notebooks.release import release
from graders.points import Mark, Marks
from graders.results import (
    CellError,
    CellResult,
    Meter,
    NotebookResult,
    Outcome,
    Record,
    Role,
    SubmissionResult,
)

TEXT = """\
# %% [markdown]
# # 1. Small

# %% given="data"
X = [1.0, 2.0]

# %% answer="mean"
def mean(values):
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION

# %% checks="mean_test" points=4
check.close("visible check", mean(X), 1.5)
### BEGIN HIDDEN TESTS
check.close("hidden sentence", mean([7.25, 1.75]), 4.5)
### END HIDDEN TESTS

# %% [markdown] essay="why" points=2
# ### BEGIN SOLUTION
# The reference.
# ### END SOLUTION
"""
CONFIG = (
    "from graders.course import Chapter, Course\ncourse = Course(id='small', chapters={'ch01': Chapter(%s)})\n"
)
STUB = "def mean(values):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
VIEW = Path(__file__).parents[1] / "nbgrader_config.py"


def _course(folder: Path, settings: str = "") -> Course:
    (folder / "course_config.py").write_text(CONFIG % settings)
    (folder / "nbgrader_config.py").write_text(VIEW.read_text())
    (folder / "source").mkdir(exist_ok=True)
    (folder / "source" / "ch01.py").write_text(TEXT)
    course = load_course(folder)
    source.build(course, "ch01")
    return course


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose gradebook knows the chapter; nbgrader takes seconds for it, copying does not."""
    course = _course(tmp_path_factory.mktemp("registered"))
    generate_assignment(course, "ch01", course.root / "elsewhere")
    shutil.rmtree(course.root / "elsewhere")
    return course.root


@pytest.fixture
def course(tmp_path: Path, registered: Path) -> Course:
    shutil.copytree(registered, tmp_path, dirs_exist_ok=True)
    return load_course(tmp_path)


RECORDS = (
    Record("mean_test-1", "visible check", Outcome.PASSED, 0, 0, hint="not shown"),
    Record(
        "mean_test-2", "also of | other `data`", Outcome.FAILED, 2.5, 4, hidden=True, hint="Think of <len>."
    ),
)


def _cells(points=2.5, answer="def mean(values):\n    return 1.5", essay="Because <b>I</b> say so."):
    return (
        CellResult("markdown-1", "markdown", Role.PROSE, "# 1. Small"),
        CellResult("data", "code", Role.GIVEN, "X = [1.0, 2.0]"),
        CellResult("mean", "code", Role.ANSWER, answer),
        CellResult("added!", "markdown", Role.ADDED, "my note"),
        CellResult(
            "mean_test",
            "code",
            Role.CHECKS,
            'check.close("visible check", mean(X), 1.5)',
            outcome=Outcome.UNGRADABLE if points is None else Outcome.FAILED,
            points=points,
            max_points=4,
            records=RECORDS,
        ),
        CellResult("why", "markdown", Role.ESSAY, essay, max_points=2),
    )


def _result(student="ada", cells=None, outcome=Outcome.FAILED, **more):
    notebooks = (NotebookResult("ch01", outcome, _cells() if cells is None else cells),)
    return SubmissionResult(
        "small", "ch01", student, outcome, **{"notebooks": notebooks, "meter": Meter(), **more}
    )


def _autograded(course, student="ada"):
    path = course.folder("autograded") / student / "ch01" / "ch01.ipynb"
    with path.open() as file:
        notebook = read_nbgrader(file, as_version=4)
    nbformat.validate(notebook)
    return notebook


def _run(course, *args):
    """Run nbgrader's own program in the course folder."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *args],
        cwd=course.root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_a_chapter_that_was_never_released_is_registered_from_its_source(tmp_path):
    course = _course(tmp_path)
    write_result(course, _result())
    points = read_points(course, "ch01", "ada")
    assert (points.score, points.max_score, points.needs_human) == (2.5, 6, True)
    assert points.cell("mean_test").auto == 2.5
    assert not points.cell("mean_test").needs_human
    assert (points.cell("why").auto, points.cell("why").needs_human) == (None, True)
    assert not course.folder("release").exists()


def test_writing_again_changes_nothing_and_keeps_what_a_human_wrote(course):
    write_result(course, _result())
    before = (course.folder("autograded") / "ada" / "ch01" / "ch01.ipynb").read_bytes()
    with Database(course.database, course.id) as book:
        book.find_grade("why", "ch01", "ch01", "ada").manual_score = 1.5
        book.find_comment("why", "ch01", "ch01", "ada").manual_comment = "Well said."
        book.find_grade("mean_test", "ch01", "ch01", "ada").extra_credit = 1
        book.db.commit()
    write_result(course, _result())
    assert (course.folder("autograded") / "ada" / "ch01" / "ch01.ipynb").read_bytes() == before
    points = read_points(course, "ch01", "ada")
    assert (points.score, points.cell("why").manual) == (5.0, 1.5)
    assert points.cell("why").needs_human  # as nbgrader: a regraded cell with a human mark is looked at again
    with Database(course.database, course.id) as book:
        assert book.find_comment("why", "ch01", "ch01", "ada").comment == "Well said."


def test_an_ungradable_cell_loses_its_old_score_and_asks_for_a_human(course):
    write_result(course, _result())
    write_result(course, _result(cells=_cells(points=None), outcome=Outcome.UNGRADABLE))
    cell = read_points(course, "ch01", "ada").cell("mean_test")
    assert (cell.auto, cell.needs_human) == (None, True)


@pytest.mark.parametrize(
    ("outcome", "auto", "human"), [(Outcome.UNGRADABLE, None, True), (Outcome.FAILED, 0, False)]
)
def test_without_cells_our_fault_asks_for_a_human_and_the_students_is_zero(course, outcome, auto, human):
    write_result(course, _result())
    write_result(course, _result(notebooks=(), outcome=outcome, message="It <i>could</i> not be read."))
    cell = read_points(course, "ch01", "ada").cell("mean_test")
    assert (cell.auto, cell.needs_human) == (auto, human)
    shown = _autograded(course)
    assert "could" in shown.cells[0].source and "<i>" not in shown.cells[0].source
    assert [c.metadata.nbgrader.grade_id for c in shown.cells[1:]] == ["mean_test", "why"]


def test_a_graded_cell_that_the_result_lacks_is_never_a_zero(course):
    write_result(course, _result(cells=_cells()[:4]))
    cell = read_points(course, "ch01", "ada").cell("mean_test")
    assert (cell.auto, cell.needs_human) == (None, True)


def test_untouched_answers_get_nbgraders_no_response(course):
    write_result(course, _result(cells=_cells(answer=STUB, essay="YOUR ANSWER HERE")))
    cell = read_points(course, "ch01", "ada").cell("why")
    assert (cell.auto, cell.needs_human) == (0, False)
    with Database(course.database, course.id) as book:
        assert book.find_comment("mean", "ch01", "ch01", "ada").comment == "No response."
    write_result(course, _result())
    with Database(course.database, course.id) as book:
        assert book.find_comment("mean", "ch01", "ch01", "ada").comment is None
    assert read_points(course, "ch01", "ada").cell("why").needs_human


@pytest.mark.parametrize(
    ("submitted", "penalty"), [("2030-01-02T01:00:00+01:00", 0), ("2030-01-02T00:00:01+00:00", 2.5)]
)
def test_a_late_submission_gets_the_penalty_of_the_courses_plugin(course, submitted, penalty):
    course = _course(course.root, "due='2030-01-02T00:00:00+00:00'")
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write("\nget_config().LateSubmissionPlugin.penalty_method = 'zero'\n")
    write_result(course, _result(submitted_at=submitted))
    assert read_points(course, "ch01", "ada").late_penalty == penalty
    assert (course.folder("autograded") / "ada" / "ch01" / "timestamp.txt").read_text() == submitted


def test_lateness_counts_from_the_due_date_and_a_students_extension(course):
    course = _course(course.root, "due='2030-01-02T00:00:00+00:00'")
    for student in ("ada", "bob"):
        write_result(course, replace(_result(submitted_at="2030-01-02T01:00:00+00:00"), student=student))
    with Database(course.database, course.id) as book:
        book.grant_extension("ch01", "bob", minutes=50)
    with Gradebook(course) as book:
        assert book.seconds_late("ch01") == {"ada": 3600, "bob": 600}
        assert book.seconds_late("ch99") == {}


def test_what_people_and_the_calendar_added_is_read_for_the_pages(course):
    course = _course(course.root, "due='2030-01-02T00:00:00+00:00'")
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write("\nget_config().LateSubmissionPlugin.penalty_method = 'zero'\n")
    for student in ("ada", "bob"):
        write_result(course, replace(_result(submitted_at="2030-01-02T01:00:00+00:00"), student=student))
    write_result(course, replace(_result(submitted_at="2030-01-01T01:00:00+00:00"), student="eve"))
    with Database(course.database, course.id) as book:
        book.grant_extension("ch01", "bob", minutes=90)
        essay = book.find_grade("why", "ch01", "ch01", "bob")
        essay.manual_score, essay.needs_manual_grade = 1.5, False
        book.find_grade("mean_test", "ch01", "ch01", "bob").extra_credit = 1
        book.find_comment("mean", "ch01", "ch01", "bob").manual_comment = "Well said."
        book.db.commit()
    write_result(course, replace(_result(), student="bob", submitted_at="2030-01-02T01:00:00+00:00"))
    with Gradebook(course) as book:
        marks, late, nobody = book.marks("ch01"), book.after_due("ch01"), book.marks("ch99")
    assert marks["ada"] == Marks({}, {"ch01": 2.5}, 3600.0)
    assert marks["bob"].of("ch01") == {
        "why": Mark(1.5, 0.0, 2.0, again=True),  # graded again since
        "mean_test": Mark(None, 1.0, 4.0),
        "mean": Mark(comment="Well said."),
    }
    assert ("eve" in marks, marks["bob"].penalties, late, nobody) == (False, {}, {"ada", "bob"}, {})


def test_a_blank_essay_needs_nobody(course):
    write_result(course, _result(cells=_cells(essay="YOUR ANSWER HERE", points=0.0)))
    with Gradebook(course) as book:
        assert book.marks("ch01")["ada"].of("ch01") == {"why": Mark(0.0, 0.0, 2.0, blank=True)}


def test_without_a_due_date_nobody_is_after_it(course):
    write_result(course, _result(submitted_at="2030-01-02T01:00:00+00:00"))
    with Gradebook(course) as book:
        assert book.after_due("ch01") is None


def test_formgrader_counts_the_submission_as_graded(course):
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    folder = course.folder("submitted") / "ada" / "ch01"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2030-01-02 03:04:05.678901 UTC")
    write_result(course, _result(submitted_at="2030-01-02 03:04:05.678901 UTC"))
    config = nbgrader_config(course)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    assert api.get_autograded_students("ch01") == {"ada"}
    (submission,) = api.get_notebook_submissions("ch01", "ch01")
    assert (submission["score"], submission["needs_manual_grade"]) == (2.5, True)


def test_the_autograded_notebook_shows_records_and_nothing_hidden(course):
    write_result(course, _result())
    notebook = _autograded(course)
    checks = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "mean_test")
    assert checks.source == 'check.close("visible check", mean(X), 1.5)'
    (output,) = checks.outputs
    table = output.data["text/markdown"]
    assert table.startswith("**2.5 / 4 points** (failed)")
    assert "| visible check |  | passed |  |" in table
    assert "| also of &#124; other &#96;data&#96; | 2.5 / 4 | failed | Think of &#60;len&#62;. |" in table
    assert "7.25" not in nbformat.writes(notebook) and "hidden sentence" not in nbformat.writes(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_a_result_that_still_holds_a_hidden_part_is_refused_before_anything_is_written(course):
    cells = list(_cells())
    cells[4] = replace(cells[4], source="### BEGIN HIDDEN TESTS\nx\n### END HIDDEN TESTS")
    with pytest.raises(LeakError, match="mean_test"):
        write_result(course, _result(cells=tuple(cells)))
    assert not course.folder("autograded").exists()


EVIL = "<script>alert(1)</script>"
OUTPUTS = (
    {"output_type": "stream", "name": "stdout", "text": [EVIL, "\n"]},
    {"output_type": "display_data", "data": {"text/html": EVIL, "text/markdown": EVIL, "image/svg+xml": EVIL}},
    {
        "output_type": "execute_result",
        "data": {"text/html": EVIL, "text/plain": "a frame", "image/png": f'"{EVIL}'},
    },
    {"output_type": "display_data", "data": {"image/png": "aGk=\n", "application/javascript": "alert(1)"}},
)


def test_nothing_a_student_wrote_is_active_in_formgrader_and_feedback(course):
    cells = list(_cells(essay=f"Because {EVIL} a<b"))
    error = CellError("ValueError", EVIL, EVIL)
    cells[2] = replace(cells[2], outputs=OUTPUTS, error=error, source=f"# {EVIL}")
    cells[3] = replace(cells[3], cell_type="raw", source=EVIL)
    cells[4] = replace(cells[4], records=(replace(RECORDS[1], asked=EVIL, hint="[x](javascript:alert(1))"),))
    write_result(course, _result(cells=tuple(cells)))
    _run(course, "generate_feedback", "ch01")
    page = (course.folder("feedback") / "ada" / "ch01" / "ch01.html").read_text()
    assert "alert(1)" in page and "a frame" in page and "data:image/png;base64,aGk=" in page
    assert EVIL not in page and 'href="javascript' not in page


def test_nbgraders_own_programs_work_on_the_gradebook(course):
    with Gradebook(course) as book:
        for student in ("ada", "bob"):
            book.write(_result(student))
    _run(course, "generate_feedback", "ch01")
    page = (course.folder("feedback") / "bob" / "ch01" / "ch01.html").read_text()
    assert "(Score: 2.5 / 6.0)" in page and "<table>" in page and "also of | other" in page
    for secret in ("7.25", "hidden sentence", "HIDDEN"):
        assert secret not in page
    _run(course, "export")
    with (course.root / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: (float(row["score"]), float(row["max_score"])) for name, row in rows.items()} == {
        "ada": (2.5, 6),
        "bob": (2.5, 6),
    }


def test_changed_points_reach_the_gradebook_without_a_release(course):
    write_result(course, _result())
    source.text_path(course, "ch01").write_text(TEXT.replace("points=4", "points=8"))
    source.build(course, "ch01")
    write_result(course, _result(cells=_cells(points=8)))
    assert read_points(course, "ch01", "ada").cell("mean_test").max_points == 8


def test_removed_cells_are_refused_and_grades_stay(course):
    write_result(course, _result())
    source.text_path(course, "ch01").write_text(TEXT.split("# %% [markdown] essay")[0])
    source.build(course, "ch01")
    with pytest.raises(GradersError, match="there are submissions"):
        write_result(course, _result("bob"))
    assert read_points(course, "ch01", "ada").score == 2.5


def test_a_notebook_with_other_cell_ids_is_matched_by_its_source(course):
    """Courses made in nbgrader have random cell ids, and names that are no ids."""
    source.text_path(course, "ch01").unlink()
    path = source.notebook_path(course, "ch01")
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"random-{number}"
    nbformat.write(notebook, path)
    ids = ["random-0", "random-1", "random-2", "added!", "random-3", "random-4"]
    cells = tuple(replace(cell, cell_id=new) for cell, new in zip(_cells(), ids, strict=True))
    write_result(course, _result(cells=cells))
    assert read_points(course, "ch01", "ada").cell("mean_test").auto == 2.5


def test_a_released_chapter_takes_results_and_can_be_released_again(course):
    release(course, "ch01")
    write_result(course, _result())
    release(course, "ch01")
    assert read_points(course, "ch01", "ada").score == 2.5


@pytest.mark.parametrize("student", ["../ada", "a/b", ".."])
def test_a_student_name_cannot_leave_the_folder(course, student):
    with pytest.raises(UsageError, match="cannot be the name"):
        write_result(course, _result(student))


def test_what_the_gradebook_does_not_have_is_a_usage_error(course):
    with pytest.raises(UsageError, match="nothing from 'ada'"):
        read_points(course, "ch01", "ada")
    with pytest.raises(UsageError, match="does not know the chapter 'ch09'"):
        write_result(course, replace(_result(), chapter="ch09"))
    write_result(course, _result())
    with pytest.raises(UsageError, match="no graded cell 'other'"):
        read_points(course, "ch01", "ada").cell("other")


def test_a_database_that_cannot_be_opened_is_our_error(course):
    broken = course.model_copy(update={"db_url": f"sqlite:///{course.root / 'missing' / 'gradebook.db'}"})
    with pytest.raises(GradersError, match="could not be used"):
        write_result(broken, _result())


def test_a_new_gradebook_is_made_as_nbgrader_makes_it(tmp_path: Path) -> None:
    found = []
    for name, make in (("ours", make_tables), ("theirs", lambda url: Database(url).close())):
        with tools_on_path():
            make(f"sqlite:///{tmp_path}/{name}.db")
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            tables = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name, type")
            version = connection.execute("SELECT version_num FROM alembic_version")
            found.append((tables.fetchall(), version.fetchall()))
    assert found[0] == found[1]
