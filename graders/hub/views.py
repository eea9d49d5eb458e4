"""What the live page shows, as plain data from the table of hand-ins: no HTML, no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from graders.course import Course
from graders.hub.intake import Arrival, Intake, State, clock_text

_RATE_SECONDS = 300.0
_LAST = 12
_BARS = 10
_WIDTH, _HEIGHT = 400.0, 120.0

SAID = {
    State.RECEIVED: "received",
    State.GRADING: "grading",
    State.READY: "ready",
    State.REPLACED: "replaced by a newer one",
    State.REFUSED: "not graded",
}


@dataclass(frozen=True)
class Line:
    """One hand-in, for people."""

    id: int
    student: str
    chapter: str
    received: str
    state: str
    said: str
    points: str
    outcome: str
    why: str
    attempt: int = 0
    place: int = 0
    may_accept: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar of the class picture: its place in the drawing, and what it says."""

    x: float
    y: float
    width: float
    height: float
    count: int
    said: str


@dataclass(frozen=True)
class ClassView:
    """The live page of staff."""

    chapter: str
    chapters: list[tuple[str, str]]
    waiting: list[Line]
    running: list[Line]
    last: list[Line]
    counts: dict[str, int]
    rate: str
    outcomes: list[tuple[str, int]]
    bars: list[Bar]
    picture_said: str
    students: list[Line]
    asked: int


def class_view(course: Course, intake: Intake, chapter: str, now: float) -> ClassView:
    """Return what staff sees of one chapter, or of all (no picture then)."""
    queue = _queue(intake)
    ready = _newest_ready(intake.arrivals(State.READY, chapter=chapter))
    bars = _bars(ready) if chapter else []
    return ClassView(
        chapter=chapter,
        chapters=[(name, course.chapter(name).title or name) for name in course.chapter_names()],
        waiting=[line for line in queue if chapter in ("", line.chapter)],
        running=[_line(a) for a in intake.arrivals(State.GRADING, chapter=chapter)],
        last=[_line(a) for a in intake.arrivals(*_ENDED, chapter=chapter, newest=_LAST)],
        counts=intake.counts(chapter),
        rate=f"{60 * intake.graded_since(now - _RATE_SECONDS) / _RATE_SECONDS:.1f}",
        outcomes=sorted(Counter(a.outcome for a in ready).items()),
        bars=bars,
        picture_said=_picture_said(ready),
        students=[_line(a) for a in sorted(ready, key=lambda a: (a.student, a.chapter))],
        asked=len(intake.requests()),
    )


_ENDED = (State.READY, State.REFUSED, State.REPLACED)


@dataclass(frozen=True)
class Asked:
    """Something that staff asked for, for people."""

    kind: str
    chapter: str
    by: str
    when: str
    said: str


def lines_of(intake: Intake, student: str) -> list[Line]:
    """Return all hand-ins of a student, newest first, with the attempts counted and the place in the queue."""
    places = {line.id: line.place for line in _queue(intake)}
    counted: Counter[str] = Counter()
    found = []
    for arrival in intake.arrivals(student=student):
        if arrival.state == State.READY and arrival.outcome != "ungradable":
            counted[arrival.chapter] += 1
        attempt = counted[arrival.chapter] if arrival.state == State.READY else 0
        found.append(_line(arrival, attempt, places.get(arrival.id, 0)))
    return found[::-1]


def asked_of(intake: Intake, student: str) -> list[Asked]:
    """Return what staff ever asked for about a student, newest first."""
    return [
        Asked(r.kind, r.chapter, r.asked_by, clock_text(r.asked_at), r.said or "waiting")
        for r in reversed(intake.requests(done=True, student=student))
    ]


def _queue(intake: Intake) -> list[Line]:
    waiting = intake.arrivals(State.RECEIVED)
    return [_line(arrival, place=place) for place, arrival in enumerate(waiting, start=1)]


def _line(a: Arrival, attempt: int = 0, place: int = 0) -> Line:
    state = State(a.state)
    points = "" if state is not State.READY else "no score"
    if a.points is not None and state is State.READY:
        points = f"{a.points:g} of {a.max_points:g}"
    return Line(
        id=a.id,
        student=a.student,
        chapter=a.chapter,
        received=a.received,
        state=state.value,
        said=SAID[state],
        points=points,
        outcome=a.outcome.replace("_", " "),
        why=a.why,
        attempt=attempt,
        place=place,
        may_accept=state in (State.REFUSED, State.REPLACED),
    )


def _newest_ready(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """Keep of each student and chapter what was graded last."""
    newest = {(a.student, a.chapter): a for a in sorted(arrivals, key=lambda a: a.ready_at)}
    return list(newest.values())


def _shares(ready: Iterable[Arrival]) -> list[float]:
    return [a.points / a.max_points for a in ready if a.points is not None and a.max_points]


def _bars(ready: list[Arrival]) -> list[Bar]:
    shares = _shares(ready)
    counts = Counter(min(int(share * _BARS), _BARS - 1) for share in shares)
    most, wide = max(counts.values(), default=1), _WIDTH / _BARS
    found = []
    for number in range(_BARS):
        high = (_HEIGHT - 20) * counts[number] / most
        share = f"{100 * number // _BARS} to {100 * (number + 1) // _BARS} %"
        found.append(
            Bar(number * wide + 2, _HEIGHT - high, wide - 4, high, counts[number], f"{share}: {counts[number]}")
        )
    return found


def _picture_said(ready: list[Arrival]) -> str:
    shares = sorted(_shares(ready))
    if not shares:
        return "Nobody has points yet."
    middle = 100 * shares[len(shares) // 2]
    return f"{len(shares)} students have points; the one in the middle has {middle:.0f} % of them."
