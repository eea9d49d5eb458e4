"""The course's secret: machines that share a ledger have the same one, or grade nothing and say why."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, inspect, text

from graders.batch.autograde import autograde, history, latest_results, sync
from graders.batch.ledger import Ledger
from graders.batch.secret import check_secret, fingerprint, read_secret
from graders.course import Course
from graders.errors import CourseError, SecretError

OTHER = "0" * 64


@pytest.fixture
def machines(tmp_path, url):
    """Two course folders with one ledger; only the first has a secret, and has graded."""
    courses = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        courses.append(Course(id="stats", ledger_url=url, root=tmp_path / name))
    check(courses[0])
    return courses


def check(course, *, new=False):
    """What happens before anything is graded."""
    ledger = Ledger.of(course)
    try:
        with ledger.exclusive(course.id):
            check_secret(course, ledger, new=new)
    finally:
        ledger.close()


def secret_file(course):
    return course.root / ".course_secret"


def everything_in(url):
    """All that a database has, as text."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        found = [str(row) for name in tables for row in connection.execute(text(f"SELECT * FROM {name}"))]
    engine.dispose()
    return "\n".join(found)


def test_a_secret_is_made_once_and_is_for_its_owner_only(tmp_path):
    course = Course(root=tmp_path)
    secret = read_secret(course)
    assert (len(secret), read_secret(course)) == (64, secret)
    assert stat.S_IMODE(secret_file(course).stat().st_mode) == 0o600
    secret_file(course).write_text("\n")
    with pytest.raises(CourseError, match="is empty"):
        read_secret(course)


def test_a_machine_without_the_secret_is_told_to_copy_it_and_makes_none(machines):
    second = machines[1]
    for _ in range(2):
        with pytest.raises(SecretError, match=r"second/\.course_secret is missing") as caught:
            check(second)
    assert "Copy it from the machine that graded" in caught.value.hint
    assert not secret_file(second).exists()


def test_a_machine_with_another_secret_is_told_which_file_to_copy(machines):
    second = machines[1]
    secret_file(second).write_text(OTHER)
    with pytest.raises(SecretError, match=r"second/\.course_secret is not the secret") as caught:
        check(second)
    assert "Copy .course_secret" in caught.value.hint and "--new-secret" in caught.value.hint
    assert secret_file(second).read_text() == OTHER


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"], ids=["none", "unix", "windows"])
def test_a_machine_with_a_copy_of_the_secret_grades(machines, line_end):
    first, second = machines
    secret_file(second).write_bytes(read_secret(first) + line_end.encode())
    check(second)
    check(first)


def test_the_secret_does_not_stand_in_the_ledger(machines, url):
    told, secret = everything_in(url), read_secret(machines[0])
    assert fingerprint(secret) in told
    assert secret.decode() not in told


def test_a_secret_that_is_changed_on_purpose_is_the_one_of_all_machines(machines):
    first, second = machines
    secret_file(second).write_text(OTHER)
    check(second, new=True)
    check(second)
    check(second, new=True)  # asking twice does no harm
    with pytest.raises(SecretError, match="is not the secret"):
        check(first)
    shutil.copy(secret_file(second), secret_file(first))
    check(first)


def test_a_lost_secret_is_made_anew_on_purpose_only(machines):
    first = machines[0]
    before = read_secret(first)
    secret_file(first).unlink()
    with pytest.raises(SecretError, match="is missing"):
        check(first)
    check(first, new=True)
    check(first)
    assert read_secret(first) != before


def test_nothing_is_graded_with_another_secret_but_all_can_be_read(tiny_course):
    course, first = tiny_course.course, tiny_course.first
    tiny_course.hand_in("ada")
    autograde(course, [first], jobs=1)
    secret_file(course).write_text(OTHER)
    with pytest.raises(SecretError):
        autograde(course, [first], jobs=1, force=True)
    assert [result.points for result in latest_results(course, [first])] == [8]
    assert len(sync(course).known) == len(history(course, first, "ada")) == 1
    assert len(autograde(course, [first], jobs=1, new_secret=True).graded) == 1
    steps = history(course, first, "ada")
    assert (len(steps), "secret" in steps[1].why) == (2, True)
    assert (autograde(course, [first], jobs=1).graded, len(steps)) == ([], 2)


def test_the_command_ends_with_2_and_says_what_to_do(tiny_course):
    course = tiny_course.course
    command = [sys.executable, "-m", "graders", "autograde", "--course", str(course.root)]
    env = {**os.environ, "COLUMNS": "400", "NO_COLOR": "1"}

    def run(*more):
        done = subprocess.run([*command, *more], env=env, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stderr

    assert run()[0] == 0
    secret_file(course).write_text(OTHER)
    code, said = run("--yes")
    assert code == 2
    assert "secret: " in said and "graders autograde --new-secret" in said
    assert run("--new-secret")[0] == 0
    assert run()[0] == 0
