"""The switches of adopted.toml: without one a correction of nbgrader holds, with it nbgrader's own way."""

import json

import pytest

from graders.adopted import NAME, Adopted, Exact, text_of
from graders.batch.engine import grade_safely
from graders.batch.work import find_work
from graders.course import load_course
from graders.gradebook import Gradebook
from graders.results import from_json

DEADLY = {"mean": "import os; os._exit(1)"}
WRONG = {"mean": "def mean(values): return 2.5"}
HIDDEN = 'check.close("mean works with one value", mean(np.array([7.0])), 7.0)'


@pytest.fixture
def switch(tiny):
    def switched(**exact):
        (tiny.course.root / NAME).write_text(text_of(Adopted(Exact(**exact))))
        return grade

    def grade(answers):
        """Hand in and grade; returns the result, and the points that the gradebook then has."""
        tiny.hand_in("ada", answers)
        course = load_course(tiny.course.root)
        (work,) = find_work(course, [tiny.first])
        result = from_json(grade_safely(work.job, tiny.addresses)[0])
        with Gradebook(course) as book:
            book.write(result)
            return result, book.read(tiny.first, "ada").score

    return switched


def test_an_old_score_stays_after_a_kernel_died_only_where_that_is_asked_for(switch):
    grade = switch()
    assert grade(None)[1] == 8
    assert grade(DEADLY)[1] == 4
    grade = switch(stale_scores=True)
    assert grade(None)[1] == 8
    assert grade(DEADLY)[1] == 8
    assert grade(WRONG)[1] < 8  # only a kernel that died leaves a score


def test_nbgraders_own_feedback_shows_hidden_tests_only_where_that_is_asked_for(switch, tiny):
    autograded = tiny.course.place("autograded", tiny.first, "ada") / f"{tiny.first}.ipynb"
    result, _ = switch()(WRONG)
    assert HIDDEN not in str(result)
    assert HIDDEN not in _text(autograded)
    switch(hidden_in_feedback=True)(WRONG)
    assert HIDDEN in _text(autograded)  # what nbgrader generate_feedback makes a page of


def _text(notebook):
    return "".join("".join(cell["source"]) for cell in json.loads(notebook.read_text())["cells"])
