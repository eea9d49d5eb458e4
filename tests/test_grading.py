"""One submission, end to end: every point as designed, and every kind of ending with its sentence."""

import dataclasses
import json
import os
import time

import pytest

from graders.errors import JudgeError, SandboxError
from graders.grading import Addresses, grade
from graders.notebooks import source
from graders.results import Outcome, Role, from_json, to_json

ENDS = "import os\ndef {name}(*args):\n    os._exit(1)"
SLOW_PAIRS = """
def pairs(values):
    counts = {}
    for _ in range(60):
        counts = {}
        for value in values.ravel().tolist():
            counts[value] = counts.get(value, 0) + 1
    return sum(n * (n - 1) // 2 for n in counts.values())
"""


def _cells(result):
    return {cell.cell_id: cell for cell in result.notebooks[0].cells}


def _points(result):
    return {name: cell.points for name, cell in _cells(result).items() if cell.role is Role.CHECKS}


def _records(result, name):
    return [(record.outcome.value, record.points) for record in _cells(result)[name].records]


def test_the_reference_earns_everything(tiny):
    tiny.hand_in("ada")
    result = tiny.grade("ada")
    assert (result.points, result.max_points, result.outcome) == (8, 8, Outcome.PASSED)
    assert _points(result) == {"mean_test": 4, "squares_test": 3, "total_test": 1}
    assert not result.needs_attention
    assert result.notebooks[0].notes == ()


def test_a_blank_hand_in_earns_nothing_and_says_why(tiny):
    tiny.hand_in("ada", base="blank")
    result = tiny.grade("ada")
    assert (result.points, result.max_points, result.outcome) == (0, 8, Outcome.FAILED)
    assert _cells(result)["mean_test"].records[1].detail == "This is not written yet."
    assert _records(result, "total_test") == [("skipped", 0)]
    assert "its cell stopped with NotImplementedError" in _cells(result)["total_test"].records[0].detail


PARTIAL = [
    # what was written, then the points of mean_test, squares_test and total_test
    ({"mean": "def mean(v): return v.sum() / len(v)"}, (2, 3, 1)),
    ({"mean": "def mean(v):\n    if len(v) == 0: raise ValueError\n    return 2.5"}, (2, 3, 1)),
    ({"mean": "def mean(v):\n    if len(v) == 1: return 7.0\n    return 5.0"}, (2, 3, 1)),
    ({"squares": "def squares(n): return [i**2 for i in range(n)]"}, (4, 0, 0)),
    ({"squares": "def squares(n): return [1, 4, 9, 16][:n] or None"}, (4, 0, 1)),
    ({"mean": "def mean(v): return undefined_name", "squares": "squares = 5"}, (0, 0, 0)),
    ({"mean": "def mean(v:"}, (0, 3, 1)),
    ({"mean": "average = 1"}, (0, 3, 1)),
]


@pytest.mark.parametrize(("answers", "points"), PARTIAL)
def test_partial_work_earns_what_was_designed(tiny, answers, points):
    tiny.hand_in("ada", answers)
    result = tiny.grade("ada")
    assert tuple(_points(result).values()) == points
    assert result.outcome is Outcome.FAILED
    assert not result.needs_attention


def test_points_come_from_the_source_whatever_the_submission_says(tiny):
    def forge(content):
        for cell in content["cells"]:
            flags = cell["metadata"].get("nbgrader", {})
            flags.update(points=100, grade=True, solution=False)
            if cell["id"].endswith("_test"):
                cell["source"] = "pass"

    tiny.hand_in("ada", base="blank", edit=forge)
    result = tiny.grade("ada")
    assert (result.points, result.max_points) == (0, 8)
    assert len(result.notebooks[0].notes) == 3


def test_answers_may_use_helpers_of_added_cells_and_files_handed_in(tiny):
    def add(content):
        helper = "import my_helpers\ndef added_up(v): return my_helpers.add(v)"
        content["cells"].insert(2, {"cell_type": "code", "source": helper, "metadata": {}, "outputs": []})

    mean = "def mean(v):\n    if not len(v): raise ValueError\n    return added_up(v) / len(v)"
    tiny.hand_in("ada", {"mean": mean}, edit=add)
    (tiny.folder("ada") / "my_helpers.py").write_text("def add(v): return v.sum()")
    assert tiny.grade("ada").points == 8


def test_modules_of_the_chapter_can_be_imported_on_both_sides(tiny):
    (tiny.course.folder("source") / "ch09.py").write_text(
        '# %% given="a"\nfrom graders import check\nfrom chapter_tools import double\n\n'
        '# %% answer="f"\ndef f(x): return double(x)\n\n'
        '# %% checks="c" points=1\ncheck.equal("f doubles", f(3), double(3))\n'
    )
    source.build(tiny.course, "ch09")
    (tiny.course.folder("source") / "ch09" / "chapter_tools.py").write_text("def double(x): return 2 * x\n")
    tiny.hand_in("ada", chapter="ch09")
    assert tiny.grade("ada", "ch09").points == 1


def test_values_of_hidden_checks_do_not_reach_the_student(tiny):
    tiny.hand_in("ada", {"mean": "def mean(v): return 123.0"})
    result = tiny.grade("ada")
    for record in _cells(result)["mean_test"].records:
        assert record.hidden == (record.name != "mean_test#1")
        if record.hidden:
            for text in (record.detail, record.asked, record.required, record.measured, record.hint):
                assert "5.0" not in text and "11" not in text and "7.0" not in text
    assert all(
        "BEGIN HIDDEN" not in cell.source for cell in result.notebooks[0].cells if cell.role is Role.CHECKS
    )


def test_a_kernel_that_ends_during_a_check_costs_that_check_only(tiny):
    tiny.hand_in("ada", {"mean": ENDS.format(name="mean")})
    result = tiny.grade("ada")
    assert _points(result) == {"mean_test": 0, "squares_test": 3, "total_test": 1}
    assert _records(result, "mean_test")[0] == ("crashed", 0)
    assert result.outcome is Outcome.CRASHED
    assert result.needs_attention
    assert _cells(result)["mean_test"].records[0].detail == "Your code ended the kernel."


def test_a_cell_that_ends_the_kernel_skips_what_needs_its_names(tiny):
    tiny.hand_in("ada", {"mean": "def mean(v): return 1\nimport os; os._exit(1)"})
    result = tiny.grade("ada")
    assert _points(result) == {"mean_test": 0, "squares_test": 3, "total_test": 1}
    assert _cells(result)["mean"].outcome is Outcome.CRASHED
    assert "`mean` is not there: its cell ended the kernel" in _cells(result)["mean_test"].records[0].detail


def test_a_function_that_never_returns_costs_its_check_only(tiny):
    tiny.hand_in("ada", {"mean": "def mean(v):\n    while True: pass"})
    began = time.monotonic()
    result = tiny.grade("ada", call_seconds=1, cell_seconds=3)
    assert _points(result) == {"mean_test": 0, "squares_test": 3, "total_test": 1}
    assert _records(result, "mean_test")[0] == ("timed_out", 0)
    assert time.monotonic() - began < 25


def test_a_function_that_uses_too_much_memory_costs_its_check_only(tiny):
    tiny.hand_in("ada", {"mean": "def mean(v): return len([bytearray(2**20) for _ in range(10_000)])"})
    result = tiny.grade("ada", memory_mb=128, call_seconds=10, cell_seconds=20)
    assert _points(result) == {"mean_test": 0, "squares_test": 3, "total_test": 1}
    assert _records(result, "mean_test")[0] == ("out_of_memory", 0)
    assert _cells(result)["mean_test"].records[0].detail == "Your code needs more memory than it may."


def test_a_kernel_that_ends_in_every_check_is_given_up_on(tiny):
    tiny.hand_in("ada", {name: ENDS.format(name=name) for name in ("mean", "squares")})
    result = tiny.grade("ada")
    assert result.points == 0
    assert result.outcome is Outcome.CRASHED


def test_results_are_the_same_every_time_and_survive_json(tiny):
    tiny.hand_in("ada", {"mean": "def mean(v): return 2.5"})
    one, two = tiny.grade("ada"), tiny.grade("ada")
    assert [_records(one, name) for name in _points(one)] == [_records(two, name) for name in _points(two)]
    assert from_json(to_json(one)) == one


def test_a_notebook_that_cannot_be_read_earns_nothing_with_a_sentence(tiny):
    tiny.hand_in("ada").write_text("{")
    result = tiny.grade("ada")
    assert (result.points, result.max_points) == (0, 8)
    assert "cannot be read" in result.message
    assert result.needs_attention
    assert {r.outcome for c in result.notebooks[0].cells for r in c.records} == {Outcome.SKIPPED}


def test_what_was_left_out_is_listed(tiny):
    folder = tiny.hand_in("ada").parent
    (folder / "numpy.py").write_text("raise SystemExit")
    result = tiny.grade("ada")
    assert result.points == 8
    assert "numpy.py" in result.notebooks[0].notes[0]


def test_the_time_of_submission_is_nbgraders(tiny):
    folder = tiny.hand_in("ada").parent
    (folder / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC\n")
    assert tiny.grade("ada").submitted_at == "2026-03-01 10:00:00 UTC"


def test_a_result_says_what_it_cost(tiny):
    tiny.hand_in("ada", {"mean": "sum(range(10_000_000))\ndef mean(v): return 1"})
    meter = tiny.grade("ada").meter
    assert meter.cpu_seconds > 0.1
    assert meter.wall_seconds > 0.2
    assert meter.peak_memory_mb > 1


def test_nothing_is_left_behind(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    tiny.hand_in("ada")
    before = len(os.listdir("/proc/self/fd"))
    tiny.grade("ada")
    tiny.grade("ada")
    assert os.listdir(tmp_path / "tmp") == []
    assert len(os.listdir("/proc/self/fd")) <= before + 2


# -- timed checks ---------------------------------------------------------------------------------


def test_a_timed_check_passes_the_reference_and_costs_the_slow_only_its_own_points(tiny):
    tiny.hand_in("ada", chapter=tiny.second)
    result = tiny.grade("ada", tiny.second, call_seconds=30, cell_seconds=60)
    assert _points(result) == {"pairs_test": 2, "pairs_speed": 2}
    tiny.hand_in("bob", {"pairs": SLOW_PAIRS}, chapter=tiny.second)
    slow = tiny.grade("bob", tiny.second, cell_seconds=100, call_seconds=60, submission_seconds=300)
    assert _points(slow) == {"pairs_test": 2, "pairs_speed": 0}
    (record,) = _cells(slow)["pairs_speed"].records
    assert record.metrics["ratio"] > 4
    assert (record.required, record.hint) == (
        "at most 4 times the time of the reference",
        "Sort the values once.",
    )


def test_a_fast_wrong_answer_earns_no_time_points(tiny):
    tiny.hand_in("ada", {"pairs": "def pairs(values): return 2"}, chapter=tiny.second)
    result = tiny.grade("ada", tiny.second)
    assert _points(result) == {"pairs_test": 2, "pairs_speed": 0}
    assert _cells(result)["pairs_speed"].records[0].detail == "The result of the timed call is not right."


def test_clocks_a_student_changed_measure_nothing(tiny):
    cheat = f"import time\ntime.process_time = time.perf_counter = time.time = lambda: 0.0\n{SLOW_PAIRS}"
    tiny.hand_in("ada", {"pairs": cheat}, chapter=tiny.second)
    assert _points(tiny.grade("ada", tiny.second)) == {"pairs_test": 2, "pairs_speed": 0}


# -- failures of ours -----------------------------------------------------------------------------


def _chapter(tiny, text):
    (tiny.course.folder("source") / "ch09.py").write_text(text)
    source.build(tiny.course, "ch09")
    tiny.hand_in("ada", chapter="ch09")
    return tiny.grade("ada", "ch09")


def test_a_hidden_test_with_a_mistake_is_our_fault_and_no_zero(tiny):
    result = _chapter(
        tiny,
        '# %% given="a"\nfrom graders import check\n\n'
        '# %% answer="f"\n### BEGIN SOLUTION\nf = 1\n### END SOLUTION\n\n'
        '# %% checks="one" points=1\ncheck.equal("it is there", 1, 2 / 0)\n\n'
        '# %% checks="two" points=1\ncheck.equal("f is one", f, 1)\n',
    )
    assert _points(result) == {"one": None, "two": 1}
    assert result.points is None
    assert result.outcome is Outcome.UNGRADABLE
    (record,) = _cells(result)["one"].records
    assert record.detail == "This check could not be made; a person will look at it."
    assert "ZeroDivisionError" in record.staff


def test_a_given_cell_that_fails_in_the_judge_is_our_error(tiny):
    text = '# %% given="a"\nraise OSError("no data")\n\n# %% answer="f"\nf = 1\n\n'
    text += '# %% checks="c" points=1\nassert f\n'
    with pytest.raises(JudgeError, match="no data"):
        _chapter(tiny, text)


def test_a_dead_template_is_our_error(tiny, tmp_path):
    tiny.hand_in("ada")
    nowhere = Addresses(str(tmp_path / "nowhere"), tiny.addresses.judges)
    with pytest.raises(SandboxError):
        grade(tiny.job("ada"), nowhere)


def test_an_untrusted_wall_is_named_in_the_result(tiny):
    tiny.hand_in("ada")
    result = grade(dataclasses.replace(tiny.job("ada"), wall="process"), tiny.addresses)
    assert (result.points, result.wall) == (8, "process")


def test_two_notebooks_are_graded_apart(tiny):
    folder = tiny.course.folder("source") / tiny.first
    first = json.loads((folder / f"{tiny.first}.ipynb").read_text())
    (folder / "extra.ipynb").write_text(json.dumps(first))
    path = tiny.hand_in("ada")
    result = tiny.grade("ada")
    assert [n.name for n in result.notebooks] == [tiny.first, "extra"]
    assert [n.points for n in result.notebooks] == [8, 0]
    assert "There is no extra.ipynb" in result.message
    (path.parent / "extra.ipynb").write_text(json.dumps(tiny.notebook({"mean": "def mean(v): return 2.5"})))
    assert [n.points for n in tiny.grade("ada").notebooks] == [8, 4]


def test_half_a_character_in_an_answer_is_no_fault_of_ours(tiny):
    tiny.hand_in("ada", {"mean": "x = '\ud800'\ndef mean(v): return 2.5"})
    assert tiny.grade("ada").points is not None
