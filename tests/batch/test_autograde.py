"""A class with everything that can be wrong with it: nobody is lost, all are told, nothing is done twice."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from graders.batch.autograde import autograde, latest_results
from graders.batch.ledger import Ledger
from graders.errors import CourseError, UsageError
from graders.gradebook import read_points
from graders.notebooks import source
from graders.results import Outcome

GOOD = ("ada", "bob smith", 'o\'neil "q"', "Zoë 学生", "$(reboot)", "kernel", "renamed")
UNREADABLE = {
    "damaged": "cannot be read: it is not a notebook, or it was damaged on the way",
    "empty folder": "There is no ch01_numbers.ipynb in what was handed in",
    "folder": "is not a plain file, so it was not read",
    "huge": "is 200 MB; at most 2 MB are read",
    "link": "is not a plain file, so it was not read",
    "other chapter": "it seems to belong elsewhere",
    "pipe": "is not a plain file, so it was not read",
    "zip": "cannot be read: it is not a notebook, or it was damaged on the way",
}
STOPPED = {"crash": (Outcome.CRASHED, 4), "loop": (Outcome.TIMED_OUT, 4), "memory": (Outcome.OUT_OF_MEMORY, 4)}


def _hand_in_everything(tiny):
    for name in GOOD:
        tiny.hand_in(name)
    kernel = {"kernelspec": {"name": "bash", "language": "bash", "display_name": "Bash"}}
    tiny.hand_in("kernel", edit=lambda content: content.update(metadata=kernel))
    path = tiny.hand_in("renamed")
    path.rename(path.with_name("my work (2).ipynb"))
    tiny.hand_in("damaged").write_text('{"cells": [')
    tiny.hand_in("zip").write_bytes(b"PK\x03\x04" + os.urandom(100))
    os.truncate(tiny.hand_in("huge"), 200 * 2**20)
    tiny.folder("empty folder")
    (tiny.folder("other chapter") / f"{tiny.first}.ipynb").write_text(
        json.dumps(tiny.notebook(chapter=tiny.second))
    )
    (tiny.folder("link") / f"{tiny.first}.ipynb").symlink_to(tiny.folder("ada") / f"{tiny.first}.ipynb")
    (tiny.folder("folder") / f"{tiny.first}.ipynb").mkdir()
    os.mkfifo(tiny.folder("pipe") / f"{tiny.first}.ipynb")
    tiny.hand_in("crash", {"mean": "import os; os._exit(0)"})
    tiny.hand_in("loop", {"mean": "while True: pass"})
    tiny.hand_in("memory", {"mean": "kept = [bytearray(2**20) for _ in range(10_000)]"})
    submitted = tiny.course.folder("submitted")
    (submitted / "notes of the instructor.txt").write_text("x")
    (submitted / ".hidden" / tiny.first).mkdir(parents=True)
    (submitted / "linked chapter").mkdir()
    (submitted / "linked chapter" / tiny.first).symlink_to(submitted / "ada" / tiny.first)


def _autograde(root, *arguments):
    command = [sys.executable, "-m", "graders", "autograde", "--course", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "250"})


@pytest.fixture(scope="module")
def graded(tmp_path_factory, make_tiny):
    """The whole class, graded once from the command line."""
    tiny = make_tiny(tmp_path_factory.mktemp("class") / "course")
    _hand_in_everything(tiny)
    return tiny, _autograde(tiny.course.root, tiny.first)


@pytest.fixture
def again(graded, tmp_path, make_tiny):
    """A copy of the graded class with only a few in it, to change something and grade again."""
    tiny, _ = graded
    root = tmp_path / "again"
    skip = shutil.ignore_patterns("pipe", "huge", "submitted")
    shutil.copytree(tiny.course.root, root, ignore=skip, symlinks=True)
    from graders.course import load_course

    copy = type(tiny)(load_course(root))
    for name in ("ada", "bob smith", "damaged"):
        shutil.copytree(tiny.folder(name), copy.course.folder("submitted") / name / tiny.first)
    return copy


def _results(tiny):
    return {r.student: r for r in latest_results(tiny.course, [tiny.first])}


def _students(results):
    return sorted(result.student for result in results)


# -- bad input ------------------------------------------------------------------------------------


def test_everybody_gets_a_result_and_the_exit_code_asks_for_attention(graded):
    tiny, done = graded
    assert sorted(_results(tiny)) == sorted([*GOOD, *UNREADABLE, *STOPPED])
    assert done.returncode == 1, done.stderr
    assert f"{len(GOOD) + len(UNREADABLE) + len(STOPPED)} graded, 0 unchanged" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("student", GOOD)
def test_the_others_are_graded_as_if_nothing_was_wrong(graded, student):
    tiny, _ = graded
    result = _results(tiny)[student]
    assert (result.outcome, result.points, result.message) == (Outcome.PASSED, 8, "")
    points = read_points(tiny.course, tiny.first, student)
    assert {c.name: c.auto for c in points.cells if not c.needs_human} == {
        "mean_test": 4,
        "squares_test": 3,
        "total_test": 1,
    }


@pytest.mark.parametrize("student", UNREADABLE)
def test_who_handed_in_what_cannot_be_read_is_told_why(graded, student):
    tiny, done = graded
    result = _results(tiny)[student]
    assert (result.outcome, result.points) == (Outcome.FAILED, 0)
    assert UNREADABLE[student] in result.message
    assert "Error" not in result.message and "/" not in result.message
    assert result.staff == ""
    assert UNREADABLE[student][:40] in done.stdout
    assert read_points(tiny.course, tiny.first, student).score == 0


@pytest.mark.parametrize("student", STOPPED)
def test_who_had_to_be_stopped_keeps_the_other_points(graded, student):
    tiny, _ = graded
    result = _results(tiny)[student]
    assert (result.outcome, result.points) == STOPPED[student]
    assert result.needs_attention
    assert read_points(tiny.course, tiny.first, student).score == 4


def test_every_graded_submission_has_a_notebook_for_the_formgrader(graded):
    tiny, _ = graded
    made = tiny.course.folder("autograded").glob(f"*/{tiny.first}/{tiny.first}.ipynb")
    assert sorted(path.parts[-3] for path in made) == sorted([*GOOD, *UNREADABLE, *STOPPED])


# -- nothing twice --------------------------------------------------------------------------------


def test_an_unchanged_class_is_not_graded_again(graded):
    tiny, _ = graded
    before = {p: p.stat().st_mtime_ns for p in tiny.course.folder("autograded").rglob("*.ipynb")}
    done = _autograde(tiny.course.root, tiny.first)
    assert f"0 graded, {len(before)} unchanged" in done.stdout
    assert done.returncode == 1  # those that need attention still do
    assert {p: p.stat().st_mtime_ns for p in before} == before


def test_only_what_changed_is_graded_again_and_a_human_score_stays(again):
    from nbgrader.api import Gradebook

    with Gradebook(again.course.database, again.course.id) as book:
        book.find_grade("why", again.first, again.first, "ada").manual_score = 1.5
        book.db.commit()
    again.hand_in("ada", {"mean": "def mean(v): return 2.5"})
    summary = autograde(again.course, [again.first], jobs=1)
    assert _students(summary.graded) == ["ada"]
    assert _students(summary.known) == ["bob smith", "damaged"]
    points = read_points(again.course, again.first, "ada")
    assert (points.cell("mean_test").auto, points.cell("why").manual, points.score) == (0, 1.5, 5.5)


def test_a_changed_test_grades_everybody_again_and_replaces_the_scores(again):
    path = source.text_path(again.course, again.first)
    path.write_text(
        path.read_text().replace('checks="squares_test" points=3', 'checks="squares_test" points=5')
    )
    source.build(again.course, again.first)
    summary = autograde(again.course, [again.first], jobs=2)
    assert _students(summary.graded) == ["ada", "bob smith", "damaged"]
    points = read_points(again.course, again.first, "ada")
    assert (points.cell("squares_test").auto, points.cell("squares_test").max_points) == (5, 5)
    assert autograde(again.course, [again.first], jobs=1).graded == []


def test_a_result_that_never_reached_the_gradebook_is_written_the_next_time(again):
    shutil.rmtree(again.course.folder("autograded") / "ada")
    summary = autograde(again.course, [again.first], jobs=1)
    assert summary.graded == []
    assert (again.course.folder("autograded") / "ada" / again.first / f"{again.first}.ipynb").is_file()


def test_one_student_can_be_graded_again_alone(again):
    summary = autograde(again.course, [again.first], student="ada", force=True, jobs=1)
    assert (_students(summary.graded), summary.known) == (["ada"], [])


def test_a_wrong_name_is_told(again):
    with pytest.raises(UsageError, match="'nobody' has handed in none of: ch01_numbers"):
        autograde(again.course, [again.first], student="nobody")


# -- what is ours ---------------------------------------------------------------------------------


def test_a_supervisor_that_is_killed_loses_nothing_it_had_finished(tiny_course):
    for number in range(3):
        tiny_course.hand_in(f"s{number}", {"mean": "import time; time.sleep(1)\ndef mean(v): return 2.5"})
    command = [
        sys.executable,
        "-m",
        "graders",
        "autograde",
        "--course",
        str(tiny_course.course.root),
        "ch01",
        "-j1",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while not (finished := _finished(tiny_course)) and process.poll() is None:
            pass
        process.kill()
        assert finished, process.stderr.read()
    finished = _finished(tiny_course)
    assert 1 <= len(finished) < 3
    summary = autograde(tiny_course.course, [tiny_course.first], jobs=2)
    assert _students(summary.known) == finished
    assert [result.points for result in summary.results] == [4] * 3
    assert all(read_points(tiny_course.course, tiny_course.first, f"s{n}").score == 4 for n in range(3))


def _finished(tiny):
    import time

    time.sleep(0.2)
    if not (tiny.course.root / "ledger.db").exists():
        return []
    ledger = Ledger(f"sqlite:///{tiny.course.root / 'ledger.db'}")
    try:
        return [f"s{n}" for n in range(3) if ledger.latest(tiny.first, f"s{n}")]
    finally:
        ledger.close()


def test_an_empty_secret_is_refused_rather_than_used(tiny_course):
    tiny_course.hand_in("ada")
    (tiny_course.course.root / ".course_secret").write_text("\n")
    with pytest.raises(CourseError, match="is empty"):
        autograde(tiny_course.course, [tiny_course.first])


def test_the_secret_is_made_once_and_for_us_alone(graded):
    tiny, _ = graded
    path = tiny.course.root / ".course_secret"
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text().strip()) == 64
