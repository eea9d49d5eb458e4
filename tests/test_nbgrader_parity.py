"""nbgrader's own example course, graded by nbgrader and by us: the same points for every cell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graders.course import load_course
from graders.gradebook import read_points

CHAPTER, NOTEBOOKS = "ps1", ("problem1", "problem2")
# Answers that earn some of the points: which version the rest is taken from, and the cells that differ.
STUDENTS = {
    "all": ("source", {}),
    "nothing": ("release", {}),
    "no error": ("source", {"squares": "def squares(n):\n    return [i**2 for i in range(1, n + 1)]"}),
    "own way": (
        "source",
        {"sum_of_squares": "def sum_of_squares(n):\n    return sum(i * i for i in range(1, n + 1))"},
    ),
    "one of many": (
        "release",
        {
            "squares": "def squares(n):\n    if n < 1: raise ValueError\n"
            "    return [i * i for i in range(1, n + 1)]"
        },
    ),
}


def _run(root, *command):
    bin_folder = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "JUPYTER_PLATFORM_DIRS": "1"}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


def _notebook(root, folder, name):
    return json.loads((root / folder / CHAPTER / f"{name}.ipynb").read_text())


def _name(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def _hand_in(root, student, base, answers):
    """A release with answers from the source or as given."""
    folder = root / "submitted" / student / CHAPTER
    folder.mkdir(parents=True)
    for name in NOTEBOOKS:
        released = _notebook(root, "release", name)
        solved = {_name(cell): cell["source"] for cell in _notebook(root, "source", name)["cells"]}
        for cell in released["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("solution") and base == "source":
                cell["source"] = solved[_name(cell)]
            cell["source"] = answers.get(_name(cell), cell["source"])
        (folder / f"{name}.ipynb").write_text(json.dumps(released))


def _quickstart(root):
    """Do what ``nbgrader quickstart`` does, but for the many seconds it takes to write out all defaults."""
    import nbgrader

    example = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source"
    shutil.copytree(example, root / "source", ignore=shutil.ignore_patterns(".*", "*.pyc"))
    lines = ["c = get_config()", "c.CourseDirectory.course_id = 'demo'"]
    lines.append("c.IncludeHeaderFooter.header = 'source/header.ipynb'")
    (root / "nbgrader_config.py").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def roots(tmp_path_factory):
    """The same course twice, graded by nbgrader and by us."""
    place = tmp_path_factory.mktemp("parity")
    theirs, ours = place / "theirs", place / "ours"
    _quickstart(theirs)
    _run(theirs, "nbgrader", "generate_assignment", CHAPTER)
    for student, (base, answers) in STUDENTS.items():
        _hand_in(theirs, student, base, answers)
    shutil.copytree(theirs, ours)
    _run(theirs, "nbgrader", "autograde", CHAPTER)
    _run(ours, sys.executable, "-m", "graders", "autograde", CHAPTER)
    return theirs, ours


def _points(root, student):
    points = read_points(load_course(root), CHAPTER, student)
    return points.score, points.max_score, {(c.notebook, c.name): (c.auto, c.max_points) for c in points.cells}


@pytest.mark.slow
@pytest.mark.parametrize("student", STUDENTS)
def test_every_cell_gets_the_points_that_nbgrader_gives_it(roots, student):
    theirs, ours = roots
    assert _points(ours, student) == _points(theirs, student)


@pytest.mark.slow
def test_the_students_differ_so_that_the_comparison_means_something(roots):
    theirs, _ = roots
    scores = {student: _points(theirs, student)[0] for student in STUDENTS}
    assert scores == {"all": 3, "nothing": 0, "no error": 2, "own way": 2.5, "one of many": 2}


@pytest.mark.slow
def test_nbgrader_goes_on_with_what_we_wrote(roots):
    """Feedback pages are made from our autograded notebooks and gradebook."""
    _, ours = roots
    _run(ours, "nbgrader", "generate_feedback", CHAPTER, "--student", "all")
    page = (ours / "feedback" / "all" / CHAPTER / "problem1.html").read_text()
    assert "squares" in page
