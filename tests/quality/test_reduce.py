"""What a mistake can change is all that runs for it, and the marks are those of a full run."""

import pytest

from graders.notebooks import source
from graders.notebooks.bundle import load_bundle
from graders.notebooks.plan import make_plan
from graders.quality import reduce
from graders.quality.verify import Options, verify

CHANGED = """\
# %% [markdown]
# # 1. Changes

# %% given="setup"
import numpy as np
from graders import check

table = {"x": [1, 2]}

# %% answer="model"
def model():
    return [1]

# %% answer="other"
def other():
    return 2

# %% given="made"
fitted = model()

# %% given="trained"
fitted.append(3)

# %% given="shown"
np.asarray(other())

# %% checks="fitted_test" points=1
assert fitted == [1, 3]

# %% checks="other_test" points=1
check.equal("other gives 2", other(), 2)
"""


@pytest.fixture
def changed(course):
    (course.folder("source") / "ch03_changes.py").write_text(CHANGED)
    source.build(course, "ch03_changes")
    return load_bundle(course, "ch03_changes")


def names(bundle):
    return [cell.name for notebook in bundle.notebooks for cell in notebook.cells]


def test_only_the_checks_of_an_answer_and_what_they_need_stay(course):
    bundle = load_bundle(course, "ch01_numbers")
    assert names(reduce.for_answer(bundle, "mean")) == ["data", "mean", "mean_test"]
    wanted = ["data", "squares", "squares_test", "totals", "total_test"]
    assert names(reduce.for_answer(bundle, "squares")) == wanted
    assert names(reduce.for_checks(bundle, frozenset({"total_test"}))) == [
        "data",
        "squares",
        "totals",
        "total_test",
    ]
    assert names(reduce.given_only(bundle)) == ["data"]


def test_a_cell_that_changes_an_object_is_needed_by_whoever_needs_the_object(changed):
    assert names(reduce.for_answer(changed, "model")) == ["setup", "model", "made", "trained", "fitted_test"]
    assert names(reduce.for_answer(changed, "other")) == ["setup", "other", "other_test"]
    plan = make_plan(changed.notebooks[0])
    number = next(n for n, step in enumerate(plan.cells) if step.cell.name == "fitted_test")
    assert {plan.cells[n].cell.name for n in reduce.needs(plan, number)} == {"model", "made", "trained"}


def test_what_is_prepared_for_judges_is_the_same_for_all_parts_of_a_chapter(changed):
    from graders.batch.templates import prepared_key

    parts = [changed, reduce.for_answer(changed, "model"), reduce.for_answer(changed, "other")]
    assert len({part.key for part in parts}) == 3
    assert len({prepared_key(part) for part in parts}) == 1


@pytest.mark.slow
def test_the_marks_are_those_of_a_full_run(course):
    part, whole = (verify(course, ["ch01_numbers"], Options(whole=whole, jobs=1))[0] for whole in (False, True))
    marks = [{case.name: case.lost for case in report.cases} for report in (part, whole)]
    assert marks[0] == marks[1]
    assert marks[0]["squares_from_zero"] == {"squares_test": 3.0, "total_test": 1.0}
    assert {case.name: case.graded.failed for case in part.cases} == {
        case.name: case.graded.failed for case in whole.cases
    }
