"""Whose turn it is: fair, bounded, and nobody's newest work is left out."""

from __future__ import annotations

import pytest

from graders.course import Chapter, Course, Hub
from graders.hub.intake import Arrival
from graders.hub.rules import decide

NOW = 1_000.0


def waiting(*names: str, forced: bool = False) -> list[Arrival]:
    """Hand-ins in the order they came: `ada` is chapter 1 of ada, `ada/ch2` another chapter."""
    found = []
    for number, name in enumerate(names, start=1):
        student, _, chapter = name.partition("/")
        found.append(
            Arrival(
                id=number, name=str(number), student=student, chapter=chapter or "ch1", received_at=900 + number
            )
        )
        found[-1].forced = forced
    return found


def decided(arrivals, *, busy=(), last_start=None, attempts=None, most=0):
    course = Course(hub=Hub(pause_seconds=60, attempts=most), chapters={"ch2": Chapter(attempts=5)})
    turns = decide(course, arrivals, busy=busy, last_start=last_start or {}, attempts=attempts or {}, now=NOW)
    ids = [a.id for a in turns.start], [a.id for a, _ in turns.refuse], [a.id for a, _ in turns.replace]
    return ids


def test_who_came_first_is_graded_first():
    assert decided(waiting("bob", "ada", "cleo")) == ([1, 2, 3], [], [])


def test_of_several_hand_ins_of_a_chapter_only_the_newest_is_graded():
    assert decided(waiting("ada", "bob", "ada", "ada/ch2")) == ([2, 3], [], [1])


@pytest.mark.parametrize(
    ("last", "starts"), [(NOW - 61, [1]), (NOW - 59, []), (0.0, [1])], ids=["long ago", "just now", "never"]
)
def test_one_students_work_waits_for_the_pause(last, starts):
    assert decided(waiting("ada"), last_start={"ada": last}) == (starts, [], [])


def test_a_students_work_is_graded_one_at_a_time():
    assert decided(waiting("ada", "bob"), busy={"ada"}) == ([2], [], [])


@pytest.mark.parametrize(
    ("name", "used", "refused"),
    [("ada", 1, []), ("ada", 2, [1]), ("ada/ch2", 4, []), ("ada/ch2", 5, [1])],
    ids=["one is left", "all used", "the chapter allows more", "all of the chapter's used"],
)
def test_when_all_attempts_are_used_the_next_is_not_graded(name, used, refused):
    chapter = name.partition("/")[2] or "ch1"
    start = [] if refused else [1]
    assert decided(waiting(name), attempts={("ada", chapter): used}, most=2) == (start, refused, [])


def test_what_staff_let_in_is_graded_whatever_the_limits():
    let_in = waiting("ada", forced=True)
    used = {("ada", "ch1"): 9}
    assert decided(let_in, last_start={"ada": NOW}, attempts=used, most=2) == ([1], [], [])
