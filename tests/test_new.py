"""A newcomer's first commands: a new course passes its own tests, and a class in it is graded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graders.errors import UsageError
from graders.new import new_course
from graders.notebooks.roles import role_of
from graders.results import Role


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "graders", *arguments]
    env = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def hand_in(course: Path, student: str, answers: dict[str, str]) -> None:
    """Take the released notebook, write answers into it, and put it where nbgrader collects."""
    target = course / "submitted" / student / "ch01_means"
    shutil.copytree(course / "release" / "ch01_means", target)
    path = target / "ch01_means.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if role_of(cell) is Role.ANSWER:
            cell["source"] = answers.get(cell["id"], cell["source"])
    path.write_text(json.dumps(notebook))


MEAN = """
def mean(values):
    if not len(values):
        raise ValueError("none")
    return sum(values) / len(values)
"""


@pytest.mark.slow
def test_a_new_course_passes_verify_and_a_class_in_it_is_graded(tmp_path):
    course = tmp_path / "statistics 1"
    assert run(tmp_path, "new", str(course), "--title", "Statistics").returncode == 0
    verified = run(course, "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    hand_in(course, "ada", {"mean": MEAN})
    hand_in(course, "bob", {})
    graded = run(course, "autograde")
    assert graded.returncode == 0, graded.stdout + graded.stderr
    assert run(course, "feedback").returncode == 0
    pages = sorted(path.relative_to(course).as_posix() for path in course.glob("feedback/*/*/*.html"))
    assert pages == [f"feedback/{name}/ch01_means/ch01_means.html" for name in ("ada", "bob")]
    assert "3 of 3" in run(course, "show", "ada", "ch01").stdout
    told = run(course, "report", "ch01")
    assert told.returncode == 0 and list(course.glob("report/*.html"))


def test_the_id_of_a_new_course_follows_from_the_folder(tmp_path):
    new_course(tmp_path / "Ünder grad: 2", title='Say "hello"')
    text = (tmp_path / "Ünder grad: 2" / "course_config.py").read_text()
    assert "id='nder-grad-2'" in text and "title='Say \"hello\"'" in text


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="not empty"):
        new_course(tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_students_work_and_the_secret_of_a_new_course_are_not_committed(tmp_path):
    course = tmp_path / "course"
    new_course(course)
    (course / "submitted" / "ada").mkdir()
    (course / "submitted" / "ada" / "work.ipynb").write_text("{}")
    (course / ".course_secret").write_text("x")
    subprocess.run(["git", "init", "-q"], cwd=course, check=True)
    added = subprocess.run(["git", "add", "-An"], cwd=course, check=True, capture_output=True, text=True).stdout
    assert "course_config.py" in added and "source/ch01_means.py" in added
    assert "ada" not in added and "secret" not in added and "gradebook" not in added
