"""Which hand-ins are graded now, which wait, which are not graded and why: pure, no clock, no files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from graders.course import Course
from graders.hub.intake import Arrival

USED_UP = "Not graded: all {most} attempts of this chapter are used. The last one that was graded still counts."
NEWER = "Not graded: a newer hand-in of yours came before this one's turn."


@dataclass
class Turns:
    """What to do with the hand-ins that wait: those to start, in order, and those to end with a sentence."""

    start: list[Arrival] = field(default_factory=list)
    refuse: list[tuple[Arrival, str]] = field(default_factory=list)
    replace: list[tuple[Arrival, str]] = field(default_factory=list)


def decide(
    course: Course,
    waiting: Iterable[Arrival],
    *,
    busy: Collection[str],
    last_start: Mapping[str, float],
    attempts: Mapping[tuple[str, str], int],
    now: float,
) -> Turns:
    """Say whose turn it is, from all that waits, oldest first; ``busy`` are students being graded.

    Of several hand-ins of one student and chapter only the newest is graded. One student's work is
    graded one at a time, with the course's pause in between, so that nobody keeps others waiting.
    """
    turns, taken = Turns(), set(busy)
    ordered = list(waiting)
    newest = {(a.student, a.chapter): a for a in ordered}
    for arrival in ordered:
        place = (arrival.student, arrival.chapter)
        most = course.attempts_of(arrival.chapter)
        if newest[place] is not arrival and not arrival.forced:
            turns.replace.append((arrival, NEWER))
        elif most and attempts.get(place, 0) >= most and not arrival.forced and arrival.student not in busy:
            turns.refuse.append((arrival, USED_UP.format(most=most)))
        elif arrival.student not in taken and _may_start(course, arrival, last_start, now):
            turns.start.append(arrival)
            taken.add(arrival.student)
    return turns


def _may_start(course: Course, arrival: Arrival, last_start: Mapping[str, float], now: float) -> bool:
    return arrival.forced or now >= last_start.get(arrival.student, 0.0) + course.hub.pause_seconds
