"""What the gradebook has and why: replaced scores, interrupted writing, old answers, lost files."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook as Database
from typer.testing import CliRunner

from graders.batch.ledger import Ledger
from graders.cli import app
from graders.course import load_course
from graders.gradebook import read_points
from graders.notebooks import source

LESS = {"mean": "def mean(v): return 2.5"}  # 4 of 8 points
# A supervisor that is killed after the ledger has a result and before the gradebook has it.
KILLED = """
import os, signal, sys
from graders import gradebook
gradebook.Gradebook.write = lambda self, result: os.kill(os.getpid(), signal.SIGKILL)
sys.argv = ["graders", "autograde", "ch01", "-j1", "--course", sys.argv[1]]
from graders.cli import main
main()
"""


@pytest.fixture
def graders(tiny_course, monkeypatch):
    """Run a command in the course; returns the exit code and everything that was said."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        done = CliRunner().invoke(app, [*arguments, "--course", str(tiny_course.course.root)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return run


@pytest.fixture
def klass(tiny_course, graders):
    """Ada with 8 and Bob with 4 points, graded."""
    tiny_course.hand_in("ada")
    tiny_course.hand_in("bob", LESS)
    code, said = graders("autograde", "ch01", "-j1")
    assert code == 0, said
    return tiny_course


def edit(tiny, before='checks="squares_test" points=3', after='checks="squares_test" points=5'):
    path = source.text_path(tiny.course, tiny.first)
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))
    source.build(tiny.course, tiny.first)


def scores(tiny, *students):
    return [read_points(tiny.course, tiny.first, name).score for name in students or ("ada", "bob")]


def runs(tiny, student):
    ledger = Ledger.of(tiny.course)
    try:
        return [entry.result.points for entry in ledger.history(tiny.first, student)]
    finally:
        ledger.close()


def test_scores_that_edited_tests_change_wait_until_somebody_agrees(klass, graders):
    edit(klass)
    for graded in (2, 0):  # asked again each time, graded only once
        code, said = graders("autograde", "ch01", "-j1")
        assert (code, f"{graded} graded, {2 - graded} unchanged" in said) == (1, True), said
        assert "8/8" in said and "10/10" in said and "squares_test" in said and "3/3 → 5/5" in said
        assert "2 scores were not replaced. Replace them with: graders autograde --yes" in said
        assert scores(klass) == [8, 4]
    code, said = graders("history", "ada", "ch01")
    assert "the chapter or its tests were edited" in said and "waits for a yes" in said
    assert "Gradebook now: 8 of" in said
    code, said = graders("sync")
    assert (code, "2 results written" in said, "were not replaced" in said) == (1, True, True)
    assert scores(klass) == [8, 4]
    graders("feedback", "ch01")
    page = next((klass.course.folder("feedback") / "ada").rglob("*.html")).read_text()
    assert "of 8" in page and "of 10" not in page
    code, said = graders("autograde", "ch01", "-j1", "--yes")
    assert (code, "0 graded, 2 unchanged" in said) == (0, True), said
    assert scores(klass) == [10, 6]
    code, said = graders("history", "ada", "ch01")
    assert "written, was 8" in said and "waits for a yes" not in said
    assert graders("autograde", "ch01", "-j1")[0] == 0


def test_an_edit_that_is_taken_back_leaves_nothing_to_agree_to(klass, graders):
    edit(klass)
    assert graders("autograde", "ch01", "-j1")[0] == 1
    edit(klass, 'checks="squares_test" points=5', 'checks="squares_test" points=3')
    code, said = graders("autograde", "ch01", "-j1")
    assert (code, "0 graded, 2 unchanged" in said) == (0, True), said
    assert graders("sync")[0] == 0
    assert scores(klass) == [8, 4]


def test_points_that_only_move_between_cells_are_asked_for_too(klass, graders):
    text = source.text_path(klass.course, klass.first).read_text()
    edit(klass, text, text.replace("points=4", "points=5").replace("points=3", "points=2"))
    code, said = graders("autograde", "ch01", "-j1", "--student", "ada")
    assert code == 1
    assert "0 lower, 0 higher, 1 in all the same" in said
    assert "mean_test" in said and "squares_test" in said


@pytest.mark.parametrize("again", [False, True], ids=["first hand-in", "second hand-in"])
def test_a_kill_between_ledger_and_gradebook_is_made_good_without_grading(tiny_course, graders, again):
    if again:
        tiny_course.hand_in("ada", LESS)
        graders("autograde", "ch01", "-j1")
        assert scores(tiny_course, "ada") == [4]
    tiny_course.hand_in("ada")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tiny_course.course.root)], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert runs(tiny_course, "ada")[-1] == 8
    code, said = graders("autograde", "ch01", "-j1")
    assert (code, "0 graded, 1 unchanged" in said) == (0, True), said
    assert scores(tiny_course, "ada") == [8]


def test_sync_too_makes_good_what_a_kill_left(klass, graders):
    klass.hand_in("bob")
    subprocess.run([sys.executable, "-c", KILLED, str(klass.course.root)], capture_output=True)
    assert scores(klass) == [8, 4]
    assert graders("sync")[0] == 0
    assert scores(klass) == [8, 8]


def test_who_hands_in_the_old_answers_again_gets_the_old_result(klass, graders):
    klass.hand_in("ada", LESS)
    graders("autograde", "ch01", "-j1")
    assert scores(klass, "ada") == [4]
    klass.hand_in("ada")
    code, said = graders("autograde", "ch01", "-j1")
    assert (code, "0 graded, 2 unchanged" in said) == (0, True), said
    assert scores(klass, "ada") == [8]
    assert runs(klass, "ada") == [8, 4]  # nothing twice
    for command in (("history", "ada", "ch01"), ("sync",)):
        code, said = graders(*command)
        assert code == 0
    assert scores(klass, "ada") == [8]
    lines = graders("history", "ada", "ch01")[1].splitlines()[1:4]
    assert ["8/8" in lines[0], "4/8" in lines[1], "8/8" in lines[2]] == [True] * 3
    assert "written, was 8" in lines[1] and "something else" in lines[1]
    assert "counts from here on: the student handed in something else" in lines[2]


def test_what_was_ungradable_is_written_when_it_is_repaired_and_nobody_is_asked(tiny_course, graders):
    edit(tiny_course, "X = np.arange(6.0)", "X = np.arange(6.0) / np.nothing")
    tiny_course.hand_in("ada")
    assert graders("autograde", "ch01", "-j1")[0] == 1
    assert read_points(tiny_course.course, tiny_course.first, "ada").needs_human
    edit(tiny_course, "X = np.arange(6.0) / np.nothing", "X = np.arange(6.0)")
    code, said = graders("autograde", "ch01", "-j1")
    assert code == 0, said
    assert scores(tiny_course, "ada") == [8]


def test_grading_by_force_what_is_the_same_changes_nothing(klass, graders):
    code, said = graders("autograde", "ch01", "-j1", "--force")
    assert (code, "2 graded, 0 unchanged" in said) == (0, True), said
    assert scores(klass) == [8, 4]
    assert "graded again" in graders("history", "ada", "ch01")[1]


def test_a_failure_of_ours_takes_no_score_that_the_same_work_had(klass, graders, monkeypatch):
    from graders.batch import engines
    from graders.batch.engine import ungradable

    monkeypatch.setattr(
        engines,
        "run_all",
        lambda works, *_, **__: ((w, ungradable(w.job, "the machine broke")) for w in works),
    )
    code, said = graders("autograde", "ch01", "--force", "--yes")
    assert (code, "the machine broke" in said) == (1, True)
    assert scores(klass) == [8, 4]
    monkeypatch.undo()
    assert graders("autograde", "ch01")[0] == 0


def test_a_deleted_hand_in_keeps_its_score_also_in_a_new_gradebook(klass, graders):
    shutil.rmtree(klass.folder("ada").parent)
    assert graders("autograde", "ch01", "-j1")[0] == 0
    (klass.course.root / "gradebook.db").unlink()
    shutil.rmtree(klass.course.folder("autograded"))
    code, said = graders("sync")
    assert (code, "2 results written" in said) == (0, True), said
    assert scores(klass) == [8, 4]
    assert (klass.course.folder("autograded") / "ada" / klass.first).is_dir()


def test_a_renamed_student_is_another_one_and_the_old_score_stays(klass, graders):
    klass.folder("ada").parent.rename(klass.course.folder("submitted") / "ada lovelace")
    code, said = graders("autograde", "ch01", "-j1")
    assert (code, "1 graded, 1 unchanged" in said) == (0, True), said
    assert scores(klass, "ada", "ada lovelace") == [8, 8]
    assert "first graded" in graders("history", "ada lovelace", "ch01")[1]
    assert "first graded" in graders("history", "ada", "ch01")[1]


def test_a_chapter_that_the_course_no_longer_has_keeps_its_scores_and_their_history(klass, graders):
    source.text_path(klass.course, klass.first).unlink()
    shutil.rmtree(klass.course.folder("source") / klass.first)
    code, said = graders("history", "ada", "ch01")
    assert (code, "first graded" in said, "Gradebook now: 8 of 10" in said) == (0, True, True), said
    assert graders("autograde")[0] == 0
    shutil.rmtree(klass.course.folder("autograded"))
    code, said = graders("sync")
    assert (code, "2 results written" in said) == (0, True), said
    assert scores(klass) == [8, 4]
    (klass.course.root / "gradebook.db").unlink()
    code, said = graders("sync")  # a gradebook cannot learn a chapter without its source
    assert (code, "0 results written" in said, "does not know the chapter" in said) == (3, True, True)


def test_sync_repairs_scores_and_files_and_keeps_what_people_gave(klass, graders):
    course = klass.course
    with Database(course.database, course.id) as book:
        book.find_grade("why", klass.first, klass.first, "ada").manual_score = 1.5
        book.find_comment("why", klass.first, klass.first, "ada").manual_comment = "Well said."
        book.find_grade("mean_test", klass.first, klass.first, "ada").auto_score = 0.25
        book.db.commit()
    (notebook,) = (course.folder("autograded") / "ada").rglob("*.ipynb")
    whole = notebook.read_text()
    notebook.chmod(0o644)
    notebook.write_text("")
    assert graders("sync", "ch01")[0] == 0
    assert notebook.read_text() == whole
    assert scores(klass) == [9.5, 4]
    with Database(course.database, course.id) as book:
        assert book.find_comment("why", klass.first, klass.first, "ada").comment == "Well said."
    assert "1.5 given by hand" in graders("history", "ada", "ch01")[1]


def test_a_late_penalty_follows_the_score_through_edits_and_sync(tiny_course, graders):
    course = tiny_course.course
    config = course.root / "course_config.py"
    due = "chapters={'ch01_numbers': Chapter(due='2030-01-01T00:00:00+00:00')},\n    "
    config.write_text(config.read_text().replace("limits=Limits", due + "limits=Limits"))
    penalty = "get_config().LateSubmissionPlugin.penalty_method = 'zero'\n"
    view = "from pathlib import Path\nfrom traitlets.config import Config\n"
    view += "from graders.course import load_course, nbgrader_view\n"
    view += "get_config().merge(Config(nbgrader_view(load_course(Path(__file__).parent))))\n"
    (course.root / "nbgrader_config.py").write_text(view + penalty)
    tiny_course.hand_in("ada")
    (tiny_course.folder("ada") / "timestamp.txt").write_text("2030-01-02 00:00:00 UTC")
    assert graders("autograde", "ch01", "-j1")[0] == 0
    edit(tiny_course)
    assert graders("autograde", "ch01", "-j1", "--yes")[0] == 0
    assert graders("sync")[0] == 0
    found = read_points(load_course(course.root), tiny_course.first, "ada")
    assert (found.score, found.late_penalty) == (10, 10)
    assert "10 taken off for being late" in graders("history", "ada", "ch01")[1]


def test_who_was_never_graded_has_no_history_and_that_is_told(klass):
    command = [sys.executable, "-m", "graders", "history", "eve", "ch01", "--course", str(klass.course.root)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"})
    assert done.returncode == 2
    assert "'eve' was never graded in ch01_numbers" in done.stderr


def test_a_clock_that_is_set_back_changes_neither_what_counts_nor_the_order(tiny_course, graders, monkeypatch):
    times = iter(f"20{year}-01-01T00:00:00+00:00" for year in range(60, 0, -1))
    monkeypatch.setattr("graders.batch.ledger._now", lambda: next(times))
    timestamp = "2026-05-01 10:00:00 UTC"
    for answers in (LESS, {}, LESS):
        tiny_course.hand_in("ada", answers)
        (tiny_course.folder("ada") / "timestamp.txt").write_text(timestamp)
        assert graders("autograde", "ch01", "-j1")[0] == 0
    assert scores(tiny_course, "ada") == [4]
    assert runs(tiny_course, "ada") == [4, 8]
    graders("sync")
    assert scores(tiny_course, "ada") == [4]
    lines = graders("history", "ada", "ch01")[1].splitlines()[1:4]
    assert [line.split()[1] for line in lines] == ["4/8", "8/8", "4/8"]
    course = tiny_course.course
    with Database(course.database, course.id) as book:
        handed_in = book.find_submission(tiny_course.first, "ada").timestamp
    assert str(handed_in) == "2026-05-01 10:00:00"
