"""The quality check says what is wrong with tests: each kind of fault in turn, in the real walls."""

import io
import json
import os
import re
import subprocess
import sys
import types

import pytest
from rich.console import Console

from graders.notebooks.bundle import load_bundle
from graders.notebooks.release import release
from graders.quality import given, leaks
from graders.quality.outcome import Report
from graders.quality.verify import Hooks, Options, verify
from graders.quality_display import Verifying, verified_line

from .conftest import MEAN, write_mistake

ONE = Options(jobs=1)


def run(course, options=ONE, hooks=None):
    return verify(course, ["ch01_numbers"], options, hooks)[0]


def case(report, name):
    return next(case for case in report.cases if case.name == name)


@pytest.fixture
def graders(course):
    def call(*arguments):
        command = [sys.executable, "-m", "graders", *arguments, "--course", str(course.root)]
        env = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
        return subprocess.run(command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    return call


def test_good_tests_hold_and_a_hand_in_loses_what_it_should(course):
    report = run(course)
    assert report.holds, report
    assert case(report, "reference").lost == {}
    assert case(report, "release").lost == {"mean_test": 4.0, "squares_test": 3.0, "total_test": 1.0}
    assert case(report, "mean_by_six").lost == {"mean_test": 2.0}
    assert report.never_failed == {}


def test_a_mistake_that_loses_something_else_is_told(course):
    write_mistake(course.root, "mean_by_six", "mean", {"mean_test": 1.0}, MEAN.format(6))
    report = run(course)
    assert [c.name for c in report.cases if not c.holds] == ["mean_by_six"]
    assert not report.holds


def test_a_mistake_gets_the_hint_meant_for_it(course):
    for name, hint in (("told", "Look at its length"), ("not_told", "Count twice")):
        code = "def mean(values):\n    return values.sum() / len(values)"
        write_mistake(course.root, name, "mean", {"mean_test": 2.0}, code, f"HINT = {hint!r}\n")
    report = run(course)
    assert case(report, "told").holds
    assert case(report, "not_told").problems == ("it should be told: Count twice",)


def test_a_mistake_that_the_luck_of_the_hidden_draw_decides_is_told(course, edit):
    draw = "from graders import datasets\nn = datasets.hidden_seed('n') % 4"
    edit("assert squares(0) == []", f"{draw}\nassert squares(n) == [i * i for i in range(1, n + 1)]")
    code = "def squares(n):\n    return [i**2 for i in range(1, n + 1)] if n != 2 else []"
    write_mistake(course.root, "no_two", "squares", {"squares_test": 3.0}, code)
    report = run(course, Options(jobs=2, draws=16))
    ends = [c.holds for c in report.cases if c.name.startswith("no_two")]
    assert len(ends) == 16 and {True, False} == set(ends)
    assert all(c.holds for c in report.cases if not c.name.startswith("no_two"))


def test_a_test_that_nothing_fails_is_listed(course, edit):
    edit("assert squares(0) == []", 'check.equal("no squares", squares(0), [], weight=2)')
    edit("assert squares(3) == [1, 4, 9]", 'check.equal("three squares", squares(3), [1, 4, 9], weight=1)')
    write_mistake(
        course.root,
        "squares_from_zero",
        "squares",
        {"squares_test": 1.0, "total_test": 1.0},
        "def squares(n):\n    return [i**2 for i in range(n)]",
    )
    report = run(course)
    assert report.never_failed == {"squares_test#2": "no squares"}
    assert report.holds, "a mutant may fail it: only a run with mutants can tell"


def test_given_cells_that_are_not_seeded_are_told(course, edit):
    edit("X = np.arange(6.0)", "X = np.arange(6.0)\nnoise = {'a': [np.random.default_rng().normal(size=3)]}")
    report = run(course)
    assert [text.split("`")[1] for text in report.unsteady] == ["noise"]
    assert not report.holds


def test_a_module_with_a_part_called_numpy_is_no_tensor(course, capsys):
    """`keras.ops` has parts named `numpy` and `shape`; only a `numpy` that can be called gives values."""
    ops = types.ModuleType("ops")
    ops.numpy, ops.shape = types.ModuleType("ops.numpy"), len
    cell = given.with_fingerprint(load_bundle(course, "ch01_numbers")).notebooks[0].cells[-1]
    exec(cell.source, {"X": ops})
    assert '"X"' in capsys.readouterr().out


def test_given_cells_that_stop_are_told(course, edit):
    bundle = load_bundle(course, "ch01_numbers")
    cell = given.with_fingerprint(bundle).notebooks[0].cells[-1]
    assert cell.name == given.NAME and "'X'" in cell.source
    from graders.results import Outcome, SubmissionResult

    nothing = SubmissionResult("tiny", "ch01_numbers", "x", Outcome.UNGRADABLE, staff="no wall")
    assert list(given.unsteady(nothing, nothing)) == ["the given cells could not be run: no wall"]


def test_hidden_tests_in_release_or_feedback_are_told(course, edit):
    edit('hint="Look at its length."', 'hint="Look at its length.", kwargs={"secret_number": 123456789}')
    folder = release(course, "ch01_numbers")
    assert list(leaks.scan(course, "ch01_numbers", [])) == []
    page = course.folder("feedback") / "ada" / "ch01_numbers" / "ch01_numbers.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        "<p>check.close(&quot;mean works with one value&quot;, <b>mean</b>(np.array([7.0])), 7.0)</p>"
    )
    path = folder / "ch01_numbers.ipynb"
    content = json.loads(path.read_text())
    content["cells"][1]["source"] += "\nassert squares(0) == []"
    path.write_text(json.dumps(content))
    found = list(leaks.scan(course, "ch01_numbers", []))
    assert [leak.split(":")[0] for leak in found] == [
        "release/ch01_numbers.ipynb",
        "feedback/ada/ch01_numbers/ch01_numbers.html",
    ]


@pytest.mark.slow
def test_mutants_are_counted_and_survivors_have_to_be_explained(course, edit):
    edit(
        "    ### BEGIN SOLUTION\n    return [i**2", "    ### BEGIN SOLUTION\n    unused = -n\n    return [i**2"
    )
    options = Options(mutants=True, per_answer=6, jobs=1)
    report = run(course, options)
    (survivor,) = report.survivors
    assert (survivor.mutant.answer, survivor.mutant.mutation) == ("squares", "sign")
    assert report.rate == pytest.approx((len(report.mutants) - 1) / len(report.mutants))
    assert report.rate > 0.5
    parts = zip(("answer", "mutation", "line", "changed"), survivor.mutant.id, strict=True)
    entry = "\n".join(["[[survivor]]", *(f"{name} = {text!r}" for name, text in parts), "reason = 'unused'\n"])
    gone = entry.replace("'-n'", "'n'").replace("unused = -n", "unused = -m")
    (course.root / "tests/mistakes/ch01/survivors.toml").write_text(entry + gone)
    explained = run(course, Options(mutants=True, per_answer=6, fast=True, jobs=1))
    assert (explained.survivors, explained.rate) == ([], 1.0)
    assert [entry[2] for entry in explained.stale] == ["unused = -m"]


@pytest.mark.slow
def test_fast_grades_only_what_changed(course, edit):
    def graded(options):
        names = []
        report = run(course, options, Hooks(graded=lambda chapter, name: names.append(name)))
        return report, sorted(names)

    always = [f"{given.NAME}_1", f"{given.NAME}_2", "reference", "release"]
    fast = Options(fast=True, jobs=1)
    assert len(graded(fast)[1]) == 7
    report, names = graded(fast)
    assert (report.holds, names) == (True, always)
    assert case(report, "mean_by_six").lost == {"mean_test": 2.0}
    edit("assert squares(0) == []", "assert squares(1) == [1]")
    assert graded(fast)[1] == sorted([*always, "squares_from_zero"])
    write_mistake(course.root, "mean_by_six", "mean", {"mean_test": 1.0}, MEAN.format(6))
    for _ in range(2):  # what is not right is graded each time
        report, names = graded(fast)
        assert (report.holds, names) == (False, sorted([*always, "mean_by_six"]))


def test_the_command_says_what_is_wrong_and_ends_with_1(course, graders):
    write_mistake(course.root, "mean_by_six", "mean", {"mean_test": 1.0}, MEAN.format(6))
    done = graders("verify", "ch01", "--jobs", "1")
    assert done.returncode == 1, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if "mean_by_six" in line]
    assert "✗" in line and "mean_test 2" in line and "mean_test 1" in line
    last = done.stdout.splitlines()[-1]
    assert re.fullmatch(r"1 chapter in [\d.]+ (s|min \d+ s): not as it should be: ch01_numbers\.", last)


def test_the_command_gives_json_and_ends_with_0(graders):
    done = graders("verify", "ch01", "--jobs", "1", "--json", "--mutants", "--per-answer", "1")
    (line,) = done.stdout.splitlines()
    assert done.stderr == ""
    report = json.loads(line)
    assert (done.returncode, report["holds"], report["mutants"]["killed"]) == (
        0,
        True,
        report["mutants"]["total"],
    )
    assert {case["name"]: case["lost"] for case in report["cases"]}["squares_from_zero"] == {
        "squares_test": 3,
        "total_test": 1,
    }


# -- what is shown meanwhile ----------------------------------------------------------------------


def test_a_chapter_is_told_as_soon_as_it_is_known_and_the_next_one_goes_on_meanwhile(course):
    events = []
    hooks = Hooks(
        started=lambda chapter, name: events.append(("started", chapter)),
        graded=lambda chapter, name: events.append(("graded", chapter)),
        reported=lambda report: events.append(("reported", report.chapter)),
    )
    chapters = ["ch01_numbers", "ch02_speed"]
    assert [report.chapter for report in verify(course, chapters, ONE, hooks)] == chapters
    last = max(n for n, event in enumerate(events) if event == ("graded", "ch01_numbers"))
    assert events[last + 1] == ("reported", "ch01_numbers")
    assert events.index(("started", "ch02_speed")) < last, "no worker waits at the end of a chapter"
    assert last < events.index(("graded", "ch02_speed"))
    assert events[-1] == ("reported", "ch02_speed")


def test_a_program_that_reads_along_gets_a_chapter_at_once(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="utf-8"))
    display = Verifying(Console(), Console(stderr=True), json_lines=True)
    display.hooks().reported(Report("ch01", ()))
    assert json.loads(raw.getvalue())["chapter"] == "ch01"
    display.ended([Report("ch01", ())])
    assert raw.getvalue().count(b"\n") == 1


@pytest.mark.parametrize(
    ("wrong", "seconds", "said"),
    [
        ((), 3.21, "2 chapters in 3.2 s: all is as it should be."),
        (("ch02",), 125.4, "2 chapters in 2 min 5 s: not as it should be: ch02."),
    ],
)
def test_the_end_says_how_long_it_took_and_what_is_wrong(wrong, seconds, said):
    reports = [Report(name, (), leaks=("x",) * (name in wrong)) for name in ("ch01", "ch02")]
    assert verified_line(reports, seconds) == said
