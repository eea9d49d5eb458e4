"""Training budgets: a whole cell's time against the reference's, never worth anything by itself."""

from dataclasses import replace

import pytest

from graders.course import Chapter
from graders.notebooks import source
from graders.results import Outcome

TEXT = """\
# %% [markdown]
# # 9. Training

# %% given="setup"
from graders import check


def work(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total

# %% answer="train" budget=3
def fit(n):
    ### BEGIN SOLUTION
    return work(n)
    ### END SOLUTION


### BEGIN SOLUTION
model = fit(3_000_000)
### END SOLUTION

# %% checks="train_test" points=4
check.true("fit gives a number", fit(10) > 0)
### BEGIN HIDDEN TESTS
check.equal("fit is right", fit(10), sum(i * i % 7 for i in range(10)))
check.equal("fit is right for more", fit(20), sum(i * i % 7 for i in range(20)))
check.equal("fit is right for none", fit(0), 0)
### END HIDDEN TESTS
"""


@pytest.fixture
def graded(tiny):
    (tiny.course.folder("source") / "ch09.py").write_text(TEXT)
    source.build(tiny.course, "ch09")

    def grade(answer=None, budgets=None, **more):
        chapters = {"ch09": Chapter(budgets=budgets or {})}
        made = replace(tiny, course=tiny.course.model_copy(update={"chapters": chapters}))
        made.hand_in("ada", {} if answer is None else {"train": answer}, chapter="ch09", **more)
        result = made.grade("ada", "ch09", cell_seconds=60, submission_seconds=200)
        (cell,) = [cell for cell in result.notebooks[0].cells if cell.cell_id == "train_test"]
        return cell, cell.records[-1]

    return grade


def test_the_reference_is_within_its_own_budget(graded):
    cell, budget = graded()
    assert (budget.outcome, budget.points, cell.points) == (Outcome.PASSED, 1.0, 4.0)
    assert budget.asked == "The cell `train` stays within its time"
    assert 0.3 < budget.metrics["ratio"] < 3
    assert [record.max_points for record in cell.records] == [0, 1, 1, 1, 1]


def test_a_cell_far_over_its_budget_loses_that_share_after_it_was_measured_again(graded):
    cell, budget = graded("def fit(n):\n    return [work(n) for _ in range(9)][0]\nmodel = fit(3_000_000)")
    assert (budget.outcome, budget.points, cell.points) == (Outcome.FAILED, 0.0, 3.0)
    assert budget.metrics["ratio"] > 3 and budget.metrics["rounds"] == 3
    assert cell.outcome is Outcome.FAILED


def test_the_budget_of_the_course_is_the_one_that_counts(graded):
    _, budget = graded(budgets={"train": 1e-3})
    assert (budget.outcome, budget.metrics["limit"]) == (Outcome.FAILED, 0.001)
    assert budget.required == "at most 0.001 times the CPU time of the reference"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("def fit(n):\n    return work(n)\nraise ValueError", "stopped with ValueError"),
        ("def fit(n):\n    return -1", "when a check of what the cell made holds"),
    ],
)
def test_a_cell_that_did_not_do_its_work_is_not_fast(graded, answer, why):
    _, budget = graded(answer)
    assert (budget.outcome, budget.points) == (Outcome.SKIPPED, 0.0)
    assert why in budget.detail


def test_an_untouched_release_earns_nothing(graded):
    cell, _ = graded(base="blank")
    assert cell.points == 0.0
