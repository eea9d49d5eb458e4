"""The judge under values that end it: they cost their own checks, whatever else there is is judged."""

import pytest

from graders.errors import JudgeLost
from graders.notebooks import source
from graders.results import Outcome

NAME = "ch03_probe"
CHAPTER = '''\
# %% [markdown]
# # 3. Probe

# %% given="data"
import os

import numpy as np

from graders import check

kept = []


def probe(value):
    """Stands for checks that trip over certain values."""
    if value == "end":
        os.kill(os.getpid(), 9)
    if value == "eat":
        kept.append(np.ones(10**12))
    if value == "loop":
        while True:
            pass
    return value


# %% answer="f"
def f(x):
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION


# %% checks="first" points=2
before = 5
check.equal("f gives five", f(before), 5)

# %% checks="second" points=4
wanted = [1, 2]
check.equal("f gives one", probe(f("one")), "one")
check.equal("f gives two", f(wanted), [1, 2])

# %% checks="third" points=2
check.equal("f gives five again", f(before), 5)
check.equal("f gives what the second cell wanted", f(wanted), [1, 2])

# %% checks="fourth" points=2
assert f(3) == 3
'''


def graded(tiny, answer, chapter=CHAPTER, **limits):
    root = tiny.course.root
    (root / "source" / f"{NAME}.py").write_text(chapter)
    source.build(tiny.course, NAME)
    tiny.hand_in("ada", {"f": answer}, chapter=NAME)
    result = tiny.grade("ada", NAME, **limits)
    cells = {cell.cell_id: cell for cell in result.notebooks[0].cells if cell.records}
    return result, {name: [(r.outcome.value, r.points) for r in c.records] for name, c in cells.items()}


def test_a_value_that_ends_the_judge_costs_its_cell_and_no_other(tiny):
    result, records = graded(tiny, "def f(x): return 'end' if x == 'one' else x")
    assert records == {
        "first": [("passed", 2.0)],
        "second": [("crashed", 0.0), ("crashed", 0.0)],
        "third": [("passed", 1.0), ("failed", 0.0)],  # what the second cell binds is not there
        "fourth": [("passed", 2.0)],
    }
    assert result.points is not None
    assert any("its values ended the judge" in fact for fact in result.audit)


@pytest.mark.parametrize(("value", "outcome"), [("eat", "out_of_memory"), ("loop", "timed_out")])
def test_a_value_that_takes_all_memory_or_time_of_the_judge_costs_its_check(tiny, value, outcome):
    limits = {"cell_seconds": 100, "call_seconds": 60, "submission_seconds": 16}
    result, records = graded(tiny, f"def f(x): return {value!r} if x == 'one' else x", **limits)
    assert records["second"] == [(outcome, 0.0), ("passed", 2.0)]
    assert result.points is not None


def test_a_judge_that_ends_by_itself_is_our_fault(tiny):
    checks = CHAPTER.replace(
        'check.equal("f gives one", probe(f("one")), "one")', 'check.equal("x", probe("end"), 1)'
    )
    with pytest.raises(JudgeLost):
        graded(tiny, "def f(x): return x", checks)


def test_the_whole_submission_has_a_time_and_the_rest_is_timed_out(tiny):
    answer = "import time\ndef f(x):\n    time.sleep(2.5)\n    return x"
    limits = {"cell_seconds": 30, "call_seconds": 20, "submission_seconds": 6}
    result, records = graded(tiny, answer, **limits)
    assert records["third"][-1] == ("timed_out", 0.0) and records["fourth"] == [("timed_out", 0.0)]
    assert result.outcome is Outcome.TIMED_OUT
    assert result.points < result.max_points
