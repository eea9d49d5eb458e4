"""A course with its ledger and nbgrader's gradebook on a PostgreSQL server: graded as with SQLite."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook as Database

from graders.batch.autograde import autograde, history, latest_results, sync
from graders.batch.ledger import Ledger
from graders.batch.secret import read_secret
from graders.course import load_course
from graders.errors import GradersError
from graders.gradebook import read_points


@pytest.fixture
def served(tiny_course, postgres):
    """The tiny course with both databases on a server, and two students."""
    config = tiny_course.course.root / "course_config.py"
    urls = f'id="tiny",\n    ledger_url="{postgres()}",\n    db_url="{postgres()}",'
    config.write_text(config.read_text().replace('id="tiny",', urls))
    tiny_course.hand_in("ada")
    tiny_course.hand_in("Zoë 学生", {"mean": "def mean(v): return 2.5"})
    return type(tiny_course)(load_course(tiny_course.course.root))


def test_a_class_is_graded_regraded_and_synced(served):
    course, first = served.course, served.first
    assert [r.points for r in autograde(course, [first], jobs=1).results] == [4, 8]
    assert read_points(course, first, "Zoë 学生").score == 4
    with Database(course.database, course.id) as book:
        book.find_grade("why", first, first, "ada").manual_score = 1.5
        book.find_comment("why", first, first, "ada").manual_comment = "Well said."
        book.db.commit()
    again = autograde(course, [first], jobs=1)
    assert (again.graded, len(again.known)) == ([], 2)
    served.hand_in("ada", {"squares": "def squares(n): return []"})
    assert [r.student for r in autograde(course, [first], jobs=1).graded] == ["ada"]
    assert read_points(course, first, "ada").score == 5.5
    shutil.rmtree(course.folder("autograded"))
    assert len(sync(course).known) == 2
    assert (course.folder("autograded") / "ada" / first / f"{first}.ipynb").is_file()
    points = read_points(course, first, "ada")
    assert (points.score, points.cell("why").manual) == (5.5, 1.5)
    assert [step.entry.result.points for step in history(course, first, "ada")] == [8, 4]
    assert not (course.root / "ledger.db").exists() and not (course.root / "gradebook.db").exists()


def test_nbgraders_own_program_reads_the_gradebook_on_the_server(served):
    course = served.course
    view = Path(__file__).parents[2] / "nbgrader_config.py"
    (course.root / "nbgrader_config.py").write_text(view.read_text())
    autograde(course, [served.first], jobs=1)
    command = [sys.executable, "-m", "nbgrader", "export"]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True, timeout=120)
    text = (course.root / "grades.csv").read_text()
    assert "ada" in text and "Zoë 学生" in text


def test_two_machines_that_share_a_ledger_started_at_once_grade_everybody_once(served, tmp_path):
    """Two copies of the course folder stand for two machines: only the server tells them of each other."""
    read_secret(served.course)  # a course has one secret, wherever it is graded
    other = load_course(Path(shutil.copytree(served.course.root, tmp_path / "other machine")))
    command = [sys.executable, "-m", "graders", "autograde", "-j1", "--course"]
    started = [
        subprocess.Popen([*command, str(course.root)], stderr=subprocess.PIPE, text=True)
        for course in (served.course, other)
    ]
    ended = [(process.communicate(timeout=300)[1], process.returncode) for process in started]
    assert 0 in [code for _, code in ended], ended
    assert all(code == 0 or (code == 2 and "maybe on another machine" in said) for said, code in ended), ended
    ledger = Ledger(served.course.ledger_url)
    runs = {name: len(ledger.history(served.first, name)) for name in ("ada", "Zoë 学生")}
    ledger.close()
    assert runs == {"ada": 1, "Zoë 学生": 1}
    assert sorted(r.points for r in latest_results(served.course, [served.first])) == [4, 8]


def test_a_server_that_is_down_is_told_without_the_password(tiny_course):
    tiny_course.hand_in("ada")
    url = "postgresql://graders:topsecret@/grades?host=/nowhere"
    for setting in ("ledger_url", "db_url"):
        course = tiny_course.course.model_copy(update={setting: url})
        if setting == "ledger_url":
            with pytest.raises(GradersError, match="cannot be used") as caught:
                autograde(course, [tiny_course.first], jobs=1)
            told = str(caught.value)
        else:
            (told,) = autograde(course, [tiny_course.first], jobs=1).problems
        assert "topsecret" not in told
