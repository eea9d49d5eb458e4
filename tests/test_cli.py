"""The command line: exit codes, sentences instead of tracebacks, and a course from text to points."""

import os
import subprocess
import sys

import pytest

from graders import __version__
from graders.course import load_course
from graders.gradebook import Gradebook, read_points
from graders.notebooks import source


@pytest.fixture
def graders(tiny_course):
    """Run a command in the tiny course; returns the exit code, stdout and stderr."""

    def run(*arguments, cwd=tiny_course.course.root):
        command = [sys.executable, "-m", "graders", *arguments]
        env = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
        done = subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.parametrize("word", ["version", "--version"])
def test_the_version_is_the_packages(graders, word):
    assert graders(word) == (0, f"{__version__}\n", "")


def test_help_lists_the_commands_in_words(graders):
    code, out, _ = graders("--help")
    assert code == 0
    assert "autograde" in out and "Grade what was submitted" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["autograde", "ch77"], "'ch77' is not a chapter of this course"),
        (["autograde", "ch"], "'ch' matches several chapters"),
        (["autograde", "ch01", "--student", "nobody"], "'nobody' has handed in none of: ch01_numbers"),
        (["autograde", "--course", "/nowhere"], "is not a course folder"),
        (["autograde", "--jobs", "-1"], "--jobs"),
        (["--nonsense"], "--nonsense"),
        (["nonsense"], "nonsense"),
        (["source", "build", "ch77"], "'ch77' is not a chapter"),
    ],
)
def test_wrong_use_is_exit_code_2_and_a_sentence_that_names_it(graders, arguments, said):
    code, _, err = graders(*arguments)
    assert code == 2
    assert said in err


def test_a_wrong_setting_is_exit_code_2_and_names_the_setting(graders, tiny_course):
    config = tiny_course.course.root / "course_config.py"
    config.write_text(config.read_text().replace("memory_mb=512", "memory_mb='much'"))
    code, _, err = graders("autograde")
    assert code == 2
    assert "memory_mb" in err


def test_text_with_a_mistake_is_exit_code_2_and_names_the_line(graders, tiny_course):
    path = tiny_course.course.folder("source") / f"{tiny_course.first}.py"
    path.write_text(path.read_text() + '\n# %% checks="no_points"\nassert True\n')
    code, _, err = graders("source", "build", "ch01")
    assert code == 2
    assert f"line {len(path.read_text().splitlines()) - 1}: checks need points" in err


def test_source_check_finds_what_was_not_built(graders, tiny_course):
    path = tiny_course.course.folder("source") / f"{tiny_course.first}.py"
    path.write_text(path.read_text().replace("# # 1. Numbers", "# # 1. Numbers!"))
    code, out, _ = graders("source", "check")
    assert code == 2
    assert "is not what source/ch01_numbers.py compiles to" in out
    assert "ch02" not in out
    assert graders("source", "build", "ch01")[0] == 0
    assert source.check(tiny_course.course, tiny_course.first) == []


@pytest.mark.slow
def test_from_text_to_points_and_pages(graders, tiny_course):
    course = tiny_course.course
    assert graders("release", "ch01")[0] == 0
    released = (course.folder("release") / tiny_course.first / f"{tiny_course.first}.ipynb").read_text()
    assert "HIDDEN" not in released and "values.sum()" not in released
    tiny_course.hand_in("ada")
    tiny_course.hand_in("bob", {"mean": "def mean(v): return 2.5"})
    code, out, err = graders("autograde", "ch01", "--jobs", "2")
    assert code == 0, err
    assert "ada" in out and "8/8" in out and "bob" in out and "4/8" in out
    assert "2 graded, 0 unchanged" in out
    assert read_points(course, tiny_course.first, "bob").score == 4
    with Gradebook(course) as book:
        book._book.add_student("zoe")  # as `nbgrader db student add` does
    code, out, _ = graders("report", "ch01")
    assert code == 0 and f"report/{tiny_course.first}.html" in out
    report = (course.root / "report" / f"{tiny_course.first}-students.csv").read_text()
    assert [row.split(",")[1:3] for row in report.splitlines()[1:]] == [["ada", "8"], ["bob", "4"], ["zoe", ""]]
    code, out, _ = graders("feedback", "ch01")
    assert code == 0
    assert "2 pages in feedback/" in out
    pages = sorted(course.folder("feedback").rglob("*.html"))
    assert [page.parts[-3] for page in pages] == ["ada", "bob"]
    text = pages[1].read_text()
    assert "mean works with other values" in text
    assert "11.0" not in text
    with Gradebook(course) as book:
        database = book._book  # as formgrader does
        database.find_comment(
            "mean", tiny_course.first, tiny_course.first, "bob"
        ).manual_comment = "Well tried."
        database.find_grade("mean_test", tiny_course.first, tiny_course.first, "bob").manual_score = 2.5
        database.db.commit()
    assert graders("feedback", "ch01", "--student", "bob")[:2] == (0, "1 pages in feedback/\n")
    assert "Well tried." in pages[1].read_text() and "Well tried." not in pages[0].read_text()
    code, out, _ = graders("show", "bob", "ch01")
    assert code == 0 and "6.5 of 8 points" in out and "Well tried." in out


@pytest.mark.slow
def test_an_edited_test_shows_whom_it_changes_before_anything_is_replaced(graders, tiny_course):
    course = tiny_course.course
    tiny_course.hand_in("ada")
    tiny_course.hand_in("bob", {"mean": "def mean(v): return v.sum() / len(v)"})
    tiny_course.hand_in("eve", {"mean": "def mean(v): return 2.5"})
    assert graders("autograde", "ch01", "--jobs", "2")[0] == 0
    path = course.folder("source") / f"{tiny_course.first}.py"
    path.write_text(path.read_text().replace('at its length.", weight=2)', 'at its length.", weight=0)'))
    source.build(course, tiny_course.first)
    code, _, err = graders("autograde", "ch01", "--jobs", "2")
    assert code == 1, err
    assert "Edited tests change these scores: 0 lower, 1 higher" in err
    (line,) = [line for line in err.splitlines() if line.startswith(("ada", "bob", "eve"))]
    assert line.split()[:4] == ["bob", "ch01", "6/8", "8/8"]
    assert "mean_test mean refuses no values: 0/2 → -" in err
    assert "mean_test mean works with one value: 1/1 → 2/2" in err
    assert read_points(course, tiny_course.first, "bob").score == 6, "nobody said yes"
    assert graders("sync", "ch01")[0] == 1, "a score still waits for a yes"
    assert read_points(course, tiny_course.first, "bob").score == 6, "repairing is not agreeing"
    assert graders("autograde", "ch01", "--yes")[0] == 0
    assert read_points(course, tiny_course.first, "bob").score == 8


@pytest.mark.slow
def test_what_nobody_could_grade_asks_for_attention_and_is_no_zero(graders, tiny_course):
    path = tiny_course.course.folder("source") / f"{tiny_course.first}.py"
    path.write_text(path.read_text().replace("X = np.arange(6.0)", "X = np.arange(6.0) / np.nothing"))
    source.build(tiny_course.course, tiny_course.first)
    tiny_course.hand_in("ada")
    code, out, _ = graders("autograde", "ch01", "-j", "1")
    assert code == 1
    assert "ungradable" in out and "nothing" in out
    points = read_points(load_course(tiny_course.course.root), tiny_course.first, "ada")
    assert points.needs_human
    assert {cell.auto for cell in points.cells} == {None}


def test_the_doctor_says_that_all_is_well(graders):
    code, out, _ = graders("doctor")
    assert code == 0
    assert "no " not in [line.split("  ")[1].strip() for line in out.splitlines()[1:] if "  " in line]
    assert "It has no network" in out
