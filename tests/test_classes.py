"""What pages tell beside a result comes from the gradebook and the class, for one student as for all."""

import pytest
from nbgrader.api import Gradebook as Database

from graders.batch.ledger import Ledger
from graders.classes import feedback_of
from graders.course import load_course
from graders.feedback.page import render
from graders.gradebook import Gradebook
from graders.notebooks import source
from graders.results import CellResult, NotebookResult, Outcome, Role, SubmissionResult

TEXT = """\
# %% answer="mean"
def mean(values):
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION

# %% checks="mean_test" points=12
check.close("the mean", mean([1.0]), 1.0)
"""
DUE = "2030-01-02T00:00:00+00:00"
CONFIG = (
    "from graders.course import Chapter, Course\n"
    f"course = Course(id='small', chapters={{'ch01': Chapter(due='{DUE}')}})\n"
)


def result(number: int, late: bool = False) -> SubmissionResult:
    checks = CellResult("mean_test", "code", Role.CHECKS, "", "E", Outcome.FAILED, float(number), 12.0)
    answer = CellResult("mean", "code", Role.ANSWER, "def mean(v): ...", "E")
    notebook = NotebookResult("ch01", Outcome.FAILED, (answer, checks))
    when = f"2030-01-0{3 if late else 1}T00:00:00+00:00"
    return SubmissionResult("small", "ch01", f"s{number:02}", Outcome.FAILED, (notebook,), submitted_at=when)


@pytest.fixture
def course(tmp_path):
    (tmp_path / "course_config.py").write_text(CONFIG)
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "ch01.py").write_text(TEXT)
    course = load_course(tmp_path)
    source.build(course, "ch01")
    return course


def graded(course, *results):
    """Keep results as a run would have: handed in, in the ledger and in the gradebook."""
    ledger = Ledger.of(course)
    with Gradebook(course) as book:
        for one in results:
            (course.folder("submitted") / one.student / "ch01").mkdir(parents=True, exist_ok=True)
            run = ledger.add(f"{one.student}{one.points}", {"answers": one.student}, one)
            book.write(one)
            ledger.give(run, "ch01", one.student)
    ledger.close()


def pages(course, student=""):
    return {r.student: render(course, r, beside) for r, beside in feedback_of(course, ["ch01"], student)}


def test_one_students_page_is_the_same_alone_and_among_all(course):
    graded(course, *(result(number) for number in range(1, 12)))
    everybody = pages(course)
    assert len(everybody) == 11 and "of the 11 results" in everybody["s03"]
    assert pages(course, "s03") == {"s03": everybody["s03"]}


def test_a_latecomer_and_a_mark_change_only_their_own_pages(course):
    graded(course, *(result(number) for number in range(1, 12)))
    before = pages(course)
    graded(course, result(12, late=True))
    with Database(course.database, course.id) as book:
        grade = book.find_grade("mean_test", "ch01", "ch01", "s05")
        grade.manual_score, grade.needs_manual_grade = 9.5, False
        book.find_comment("mean", "ch01", "ch01", "s05").manual_comment = "Well tried."
        book.db.commit()
    after = pages(course)
    assert {student for student in before if before[student] != after[student]} == {"s05"}
    assert "9.5" in after["s05"] and "Well tried." in after["s05"]
    assert "you: 12" in after["s12"] and "of the 11 results" in after["s12"]


def test_a_course_can_leave_the_class_out(course):
    graded(course, *(result(number) for number in range(1, 12)))
    silent = course.model_copy(update={"show_class": False})
    assert "You and the class" in pages(course)["s03"]
    assert "You and the class" not in pages(silent)["s03"]


def test_nothing_of_another_chapter_is_told(course):
    graded(course, result(3))
    assert [r.student for r, _ in feedback_of(course, ["ch01"])] == ["s03"]
    assert list(feedback_of(course, ["ch02"])) == []
