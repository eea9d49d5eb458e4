"""What the pages say, from the table of hand-ins."""

from __future__ import annotations

import pytest

from graders.course import Course
from graders.hub.intake import Intake, State
from graders.hub.views import class_view, lines_of


@pytest.fixture(params=["sqlite", "postgresql"])
def intake(request, tmp_path):
    """The table is the same on both kinds of database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'watch.db'}"
    else:
        url = request.getfixturevalue("postgres")()
    table = Intake(url)
    yield table
    table.close()


def add(intake, student, chapter="ch1", *, at=100.0, **values):
    arrival = intake.add(f"{student} {chapter} {at}", student, chapter, at)
    if values:
        intake.change(arrival.id, **values)
    return arrival.id


def ready(points, at, outcome="passed"):
    return {
        "state": State.READY.value,
        "points": points,
        "max_points": 10.0,
        "ready_at": at,
        "outcome": outcome,
    }


def test_staff_sees_the_queue_in_order_and_each_students_newest_result(intake):
    add(intake, "cleo", at=120)
    add(intake, "bob", at=110)
    add(intake, "ada", at=100, **ready(2.0, 101.0, "failed"))
    add(intake, "ada", at=102, **ready(9.0, 103.0))
    add(intake, "dan", at=105, state=State.GRADING.value, started_at=106.0)
    add(intake, "eve", "ch2", at=105, **ready(5.0, 106.0, "failed"))
    seen = class_view(Course(), intake, "ch1", now=400.0)
    assert [line.student for line in seen.waiting] == ["bob", "cleo"]
    assert [line.student for line in seen.running] == ["dan"]
    assert [(line.student, line.points) for line in seen.students] == [("ada", "9 of 10")]
    assert [bar.count for bar in seen.bars] == [0] * 9 + [1]
    assert seen.outcomes == [("passed", 1)]
    assert seen.counts == {"received": 2, "grading": 1, "ready": 2}
    assert seen.rate == "0.6"  # three in five minutes


def test_full_points_and_none_are_in_the_outer_bars_and_what_has_no_score_in_none(intake):
    for student, points in (("ada", 10.0), ("bob", 0.0), ("cleo", None)):
        add(intake, student, **ready(points, 1.0))
    seen = class_view(Course(), intake, "ch1", now=200.0)
    assert [bar.count for bar in seen.bars] == [1, *[0] * 8, 1]
    assert "2 students have points" in seen.picture_said


def test_a_student_sees_their_own_with_attempts_and_the_place_in_line(intake):
    add(intake, "bob", at=90)
    add(intake, "ada", at=80, **ready(None, 1.0, "ungradable"))
    add(intake, "ada", at=85, **ready(4.0, 2.0, "failed"))
    add(intake, "ada", at=95)
    add(intake, "ada", at=96, state=State.REFUSED.value, why="all used")
    got = [(line.said, line.attempt, line.place, line.why) for line in lines_of(intake, "ada")]
    assert got == [
        ("not graded", 0, 0, "all used"),
        ("received", 0, 2, ""),
        ("ready", 1, 0, ""),
        ("ready", 0, 0, ""),
    ]


def test_a_page_hears_of_every_change(intake):
    seen = [intake.latest()]
    number = add(intake, "ada")
    seen.append(intake.latest())
    for change in ({"state": "grading", "started_at": 7.0}, ready(1.0, 8.0), {"state": "refused", "why": "x"}):
        intake.change(number, **change)
        seen.append(intake.latest())
    request = intake.ask("regrade", "ada", "ch1", "ines", 9.0)
    seen.append(intake.latest())
    intake.change_request(request, done_at=10.0)
    seen.append(intake.latest())
    assert len(set(seen)) == len(seen)


def test_what_is_asked_for_twice_is_done_once(intake):
    first, second = (intake.ask("regrade", "ada", "ch1", "ines", 9.0) for _ in range(2))
    assert first == second
    intake.change_request(first, done_at=10.0)
    assert intake.ask("regrade", "ada", "ch1", "ines", 11.0) != first
