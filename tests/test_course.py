"""course_config.py, plain nbgrader folders, and nbgrader's own commands in our folder."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graders.course import Course, load_course, nbgrader_view
from graders.errors import CourseError, UsageError

ROOT = Path(__file__).parents[1]


def _nbgrader(folder, *args):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *args],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def _config(folder, text, name="course_config.py"):
    (folder / name).write_text(text)
    return folder


def test_nbgrader_takes_its_settings_from_course_config(tmp_path):
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "source" / "ch01").mkdir(parents=True)
    text = (
        "from graders.course import Course\ncourse = Course(id='abc', directories={'release': 'given_out'})\n"
    )
    _config(tmp_path, text)
    from graders.notebooks import source

    (tmp_path / "source" / "ch01.py").write_text(
        '# %% answer="a"\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n'
    )
    source.build(load_course(tmp_path), "ch01")
    code, said = _nbgrader(tmp_path, "generate_assignment", "ch01")
    assert code == 0, said
    assert "YOUR CODE HERE" in (tmp_path / "given_out" / "ch01" / "ch01.ipynb").read_text()
    from nbgrader.api import Gradebook

    with Gradebook(load_course(tmp_path).database, "abc") as book:
        assert book.find_assignment("ch01").course_id == "abc"


def test_nbgrader_list_uses_the_id_of_the_course(tmp_path):
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, tmp_path)
    with (tmp_path / "nbgrader_config.py").open("a") as file:
        exchange = tmp_path / "exchange"
        file.write(f"\nget_config().Exchange.root = {str(exchange)!r}\n")
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    code, said = _nbgrader(tmp_path, "list")
    assert code == 0, said
    assert (exchange / load_course(ROOT).id).exists() or "Released assignments" in said


def test_the_committed_files_hold_no_path_of_a_machine():
    for name in ("course_config.py", "nbgrader_config.py"):
        assert str(ROOT) not in (ROOT / name).read_text()


@pytest.mark.slow
def test_a_plain_nbgrader_course_is_a_course(tmp_path):
    code, said = _nbgrader(tmp_path, "quickstart", "course101")
    assert code == 0, said
    course = load_course(tmp_path / "course101")
    assert (course.id, course.chapter_names()) == ("course101", ["ps1"])
    assert course.database == f"sqlite:///{tmp_path}/course101/gradebook.db"
    from graders.notebooks.release import release

    assert sorted(path.name for path in release(course, "ps1").iterdir()) == [
        "jupyter.png",
        "problem1.ipynb",
        "problem2.ipynb",
    ]


def test_settings_of_a_plain_nbgrader_course_are_taken_over(tmp_path):
    text = (
        "c = get_config()\nc.CourseDirectory.course_id = 'x'\nc.CourseDirectory.source_directory = 'src'\n"
        "c.CourseDirectory.root = 'inner'\nc.ClearHiddenTests.begin_test_delimeter = 'HIDE'\n"
    )
    course = load_course(_config(tmp_path, text, "nbgrader_config.py"))
    assert course.folder("source") == tmp_path / "inner" / "src"
    assert course.delimiters == {"begin_test_delimeter": "HIDE"}
    assert nbgrader_view(course)["ClearHiddenTests"] == {"begin_test_delimeter": "HIDE"}


PLAIN = """
c = get_config()
c.NbGrader.course_id = "old name"
c.CourseDirectory.directory_structure = "{assignment_id}/{nbgrader_step}/{student_id}"
c.CourseDirectory.ignore = ["*.log"]
c.CourseDirectory.student_id_exclude = "ada,bob"
c.CourseDirectory.groupshared = True
c.CourseDirectory.db_url = "sqlite:///grades.db"
c.IncludeHeaderFooter.header = "header.ipynb"
c.Autograde.exclude_overwriting = {"ps1": ["helper.py"]}
c.Autograde.create_student = False
c.ExecutePreprocessor.timeout = 7
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = "warn"
c.ClearSolutions.code_stub = "pass"
c.OverwriteCells.add_missing_cells = True
c.LateSubmissionPlugin.penalty_method = "zero"
c.Exchange.root = "/tmp/exchange"
"""


def test_what_grading_needs_of_a_plain_course_is_taken_over(tmp_path):
    course = load_course(_config(tmp_path, PLAIN.replace("old name", "old"), "nbgrader_config.py"))
    assert course.id == "old"
    assert course.database == f"sqlite:///{tmp_path.resolve()}/grades.db"
    assert course.place("submitted", "ps1", "eve") == tmp_path / "ps1" / "submitted" / "eve"
    assert (course.ignore, course.students_excluded, course.header) == (
        ("*.log",),
        ("ada", "bob"),
        "header.ipynb",
    )
    assert (course.files_of_students, course.create_students) == ({"ps1": ("helper.py",)}, False)
    assert (course.limits.cell_seconds, course.ignored_noise, course.code_stubs) == (
        7,
        "warn",
        {"python": "pass"},
    )
    assert (course.group_shared, course.permissions) == (True, "664")


def test_folders_are_found_however_the_course_arranges_them(tmp_path):
    course = Course(root=tmp_path, structure="{assignment_id}/{nbgrader_step}/{student_id}")
    (tmp_path / "ps1" / "source").mkdir(parents=True)
    (tmp_path / "ps1" / "source" / "a.ipynb").write_text("{}")
    (tmp_path / "ps1" / "submitted" / "ada").mkdir(parents=True)
    assert course.chapter_names() == ["ps1"]
    assert course.placed("submitted", "ps1") == [tmp_path / "ps1" / "submitted" / "ada"]
    assert course.named("submitted", tmp_path / "ps1" / "submitted" / "ada")["{student}"] == "ada"


UNSUPPORTED = [
    ("Autograde.pre_convert_hook = print", "Autograde.pre_convert_hook"),
    ("BaseConverter.post_convert_hook = print", "Autograde.post_convert_hook"),
    ("Autograde.autograde_preprocessors = ['Execute', 'mine.Bonus']", "Autograde.autograde_preprocessors"),
    ("Execute.enabled = False", "Execute.enabled"),
    ("ExecutePreprocessor.kernel_name = 'other'", "Execute.kernel_name"),
    ("OverwriteCells.enabled = False", "OverwriteCells.enabled"),
    ("CourseDirectory.notebook_id = 'p*'", "CourseDirectory.notebook_id"),
    ("CourseDirectory.colour = 'red'", "CourseDirectory.colour"),
]


@pytest.mark.parametrize(("line", "named"), UNSUPPORTED)
def test_a_setting_of_nbgrader_that_is_not_supported_is_refused_by_name(tmp_path, line, named):
    with pytest.raises(CourseError, match=rf"sets {named}, which is not supported"):
        load_course(_config(tmp_path, f"get_config().{line}", "nbgrader_config.py"))


BROKEN = [
    ("course_config.py", "course = 1", "does not define `course`"),
    ("course_config.py", "1 / 0", "stopped with ZeroDivisionError"),
    (
        "course_config.py",
        "from graders.course import Course\ncourse = Course(id='a b')",
        r"course_config\.py: id:",
    ),
    (
        "course_config.py",
        "from graders.course import Course\ncourse = Course(delimiters={'begin': 'x'})",
        "'begin' is unknown or empty",
    ),
    ("nbgrader_config.py", "1 / 0", "stopped with ZeroDivisionError"),
    (
        "nbgrader_config.py",
        "get_config().CourseDirectory.directory_structure = '{assignment_id}/{student_id}'",
        "is not supported",
    ),
]


@pytest.mark.parametrize(("name", "text", "message"), BROKEN)
def test_a_setting_that_cannot_be_used_is_named(tmp_path, name, text, message):
    with pytest.raises(CourseError, match=message):
        load_course(_config(tmp_path, text, name))


@pytest.mark.parametrize("budget", [0, -2, float("inf"), float("nan")])
def test_a_budget_that_is_no_number_above_0_is_named_with_its_cell_and_chapter(tmp_path, budget):
    text = "from graders.course import Chapter, Course\n"
    text += f"course = Course(chapters={{'ch01': Chapter(budgets={{'fit': float('{budget}')}})}})"
    with pytest.raises(CourseError, match=f"budget of cell 'fit' of 'ch01' is {budget}; .* above 0"):
        load_course(_config(tmp_path, text))


def test_a_folder_without_settings_is_no_course(tmp_path):
    with pytest.raises(CourseError, match="is not a course folder"):
        load_course(tmp_path)


def test_chapters_are_found_by_text_or_notebook_and_resolved_by_their_beginning(tmp_path):
    (tmp_path / "source" / "ch02_old").mkdir(parents=True)
    (tmp_path / "source" / "ch02_old" / "ch02_old.ipynb").write_text("{}")
    (tmp_path / "source" / "ch01_new.py").write_text("# %% [markdown]\n# # 1.\n")
    (tmp_path / "source" / "tool.py").write_text("x = 1\n")
    (tmp_path / "source" / "empty").mkdir()
    course = Course(root=tmp_path)
    assert course.chapter_names() == ["ch01_new", "ch02_old"]
    assert course.resolve(["ch02"]) == ["ch02_old"]
    assert course.resolve(None) == ["ch01_new", "ch02_old"]
    with pytest.raises(UsageError, match="matches several"):
        course.resolve(["ch0"])
    with pytest.raises(UsageError, match="is not a chapter"):
        course.resolve(["ch9"])


def test_limits_and_profiles_of_a_chapter_stand_on_top_of_the_courses():
    course = Course(
        profile="python",
        chapters={"a": {"profile": "keras", "limits": {"memory_mb": 4096}}},
        limits={"files": 99},
    )
    assert (course.profile_of("a"), course.profile_of("b")) == ("keras", "python")
    assert (course.limits_of("a").memory_mb, course.limits_of("a").files, course.limits_of("b").memory_mb) == (
        4096,
        99,
        2048,
    )
    assert "tensorflow" in course.modules_of("keras")
    with pytest.raises(CourseError, match="no environment profile 'r'"):
        course.modules_of("r")


@pytest.mark.slow
def test_a_chapter_is_released_where_the_course_arranges_it(tmp_path):
    (tmp_path / "ps1" / "source").mkdir(parents=True)
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "ps1" / "source" / "a.ipynb").write_text(json.dumps(notebook))
    structure = "{assignment_id}/{nbgrader_step}/{student_id}"
    text = f"c = get_config()\nc.CourseDirectory.directory_structure = {structure!r}\n"
    course = load_course(_config(tmp_path, text, "nbgrader_config.py"))
    from graders.notebooks.release import release

    assert release(course, "ps1") == tmp_path / "ps1" / "release"
    assert (tmp_path / "ps1" / "release" / "a.ipynb").is_file()
