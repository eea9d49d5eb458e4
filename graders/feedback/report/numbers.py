"""Statistics of a chapter over its results: scores, exercises and how they go together, hints, facts.

Pure: no files, no clock, no words. Only automatic points are counted; essays have no say here. A submission
that could not be read has 0 points, as in the gradebook, but says nothing about exercises. What is
ungradable is left out wherever points are counted, and every figure says how many it is made of.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from graders.feedback.report.checks import Check, Place, checks_by_place, checks_cells
from graders.feedback.report.similar import Pair, similar
from graders.results import Outcome, SubmissionResult

FEWEST = 5  # results below which nothing is said of how exercises go together
MOST_COLUMNS = 10
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Spread:
    """Where some numbers lie; quartiles as the median of the lower and of the upper half (Tukey's hinges)."""

    n: int
    mean: float
    low: float
    quarter: float
    middle: float
    three_quarters: float
    high: float


@dataclass(frozen=True)
class Correlation:
    """Pearson's correlation of ``n`` pairs and its 95% interval (Fisher 1921)."""

    r: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Exercise:
    """One exercise over the class: ``n`` submissions, the mean share of points, and its discrimination.

    ``discrimination`` is the corrected item-total correlation: of the points of the exercise with the
    points of all the others, so that it does not correlate with itself (Nunnally and Bernstein,
    Psychometric Theory, 3rd edition, 1994). None where it is not defined; ``too_few`` says why.
    """

    place: Place
    maximum: float
    n: int
    ease: float
    full: int
    nothing: int
    discrimination: Correlation | None
    too_few: bool
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Hint:
    """A hint, the check it was given for, and how many students got it."""

    text: str
    asked: str
    exercise: str
    students: int


@dataclass(frozen=True)
class Chapter:
    """Everything the report says about one chapter; ``scores`` are sorted and without what is ungradable."""

    name: str
    results: tuple[SubmissionResult, ...]
    maximum: float
    scores: tuple[float, ...]
    spread: Spread | None
    columns: tuple[int, ...]  # of width step_of(maximum), from 0
    outcomes: dict[Outcome, int]
    exercises: tuple[Exercise, ...]
    hints: tuple[Hint, ...]
    facts: dict[str, tuple[str, ...]]
    pairs: tuple[Pair, ...]
    wall: Spread | None
    costs: dict[str, float] = field(default_factory=dict)


def chapter_of(name: str, results: Iterable[SubmissionResult], templates: Sequence[str] = ()) -> Chapter:
    """Return the numbers of one chapter; results in any order, the same results give the same numbers.

    ``templates`` is code that everybody may have, see :mod:`graders.feedback.report.similar`.
    """
    found = tuple(sorted(results, key=lambda result: result.student))
    scores = sorted(result.points for result in found if result.points is not None)
    maximum = max((result.max_points for result in found), default=0.0)
    outcomes = Counter(result.outcome for result in found)
    return Chapter(
        name=name,
        results=found,
        maximum=maximum,
        scores=tuple(scores),
        spread=spread(scores),
        columns=columns(scores, maximum),
        outcomes={outcome: outcomes[outcome] for outcome in Outcome if outcomes[outcome]},
        exercises=_exercises(found),
        hints=_hints(found),
        facts=_facts(found),
        pairs=similar(found, templates),
        wall=spread(result.meter.wall_seconds for result in found if result.notebooks),
        costs=_costs(found),
    )


def spread(values: Iterable[float]) -> Spread | None:
    """Return where numbers lie; None if there is none."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = (len(ordered) + 1) // 2  # the middle one belongs to both halves
    return Spread(
        n=len(ordered),
        mean=fmean(ordered),
        low=ordered[0],
        quarter=median(ordered[:half]),
        middle=median(ordered),
        three_quarters=median(ordered[-half:]),
        high=ordered[-1],
    )


def step_of(maximum: float) -> float:
    """Return the width of columns: the smallest round one of which ten reach the maximum."""
    power = 10.0 ** math.floor(math.log10(maximum / MOST_COLUMNS))
    return next(step * power for step in _STEPS if step * power * MOST_COLUMNS >= maximum * (1 - 1e-9))


def columns(scores: Sequence[float], maximum: float) -> tuple[int, ...]:
    """Count scores in equally wide columns from 0 to the maximum, which belongs to the last one."""
    if maximum <= 0:
        return ()
    step = step_of(maximum)
    count = math.ceil(maximum / step - 1e-9)
    found = Counter(min(count - 1, max(0, math.floor(score / step + 1e-9))) for score in scores)
    return tuple(found[column] for column in range(count))


def correlation(pairs: Sequence[tuple[float, float]]) -> Correlation | None:
    """Return the correlation of at least :data:`FEWEST` pairs; None if fewer, or if one side never varies."""
    if len(pairs) < FEWEST:
        return None
    xs, ys = zip(*pairs, strict=True)
    mean_x, mean_y = fmean(xs), fmean(ys)
    xx = math.fsum((x - mean_x) ** 2 for x in xs)
    yy = math.fsum((y - mean_y) ** 2 for y in ys)
    if min(xx, yy) < 1e-12:
        return None
    r = math.fsum((x - mean_x) * (y - mean_y) for x, y in pairs) / math.sqrt(xx * yy)
    r = max(-1.0, min(1.0, r))
    low, high = (_fisher(r, len(pairs), side) for side in (-1, 1))
    return Correlation(r, low, high, len(pairs))


def _fisher(r: float, n: int, side: int) -> float:
    if abs(r) > 1 - 1e-12:
        return r
    return math.tanh(math.atanh(r) + side * 1.96 / math.sqrt(n - 3))


def _exercises(results: Sequence[SubmissionResult]) -> tuple[Exercise, ...]:
    points = [_points_by_place(result) for result in results]
    maxima: dict[Place, float] = {}
    for result in results:
        for place, most in _maxima(result).items():
            maxima[place] = max(maxima.get(place, 0.0), most)
    checks = checks_by_place(results)
    return tuple(_exercise(place, most, points, checks[place]) for place, most in maxima.items())


def _maxima(result: SubmissionResult) -> dict[Place, float]:
    found: dict[Place, float] = defaultdict(float)
    for place, cell in checks_cells(result):
        found[place] += cell.max_points
    return found


def _exercise(
    place: Place, most: float, points: list[dict[Place, float | None]], checks: tuple[Check, ...]
) -> Exercise:
    found = [(given[place], _others(given, place)) for given in points if given.get(place) is not None]
    mine = [own for own, _ in found if own is not None]
    pairs = [(own, rest) for own, rest in found if own is not None and rest is not None]
    return Exercise(
        place=place,
        maximum=most,
        n=len(mine),
        ease=fmean(mine) / most if mine and most else 0.0,
        full=sum(own >= most - 1e-9 for own in mine),
        nothing=sum(own <= 1e-9 for own in mine),
        discrimination=correlation(pairs),
        too_few=len(pairs) < FEWEST,
        checks=checks,
    )


def _others(points: dict[Place, float | None], place: Place) -> float | None:
    """Points of all other exercises; None if one of them is unknown."""
    rest = [value for other, value in points.items() if other != place]
    return None if any(value is None for value in rest) else math.fsum(value or 0.0 for value in rest)


def _points_by_place(result: SubmissionResult) -> dict[Place, float | None]:
    found: dict[Place, float | None] = {}
    for place, cell in checks_cells(result):
        before = found.get(place, 0.0)
        found[place] = None if before is None or cell.points is None else before + cell.points
    return found


def _hints(results: Sequence[SubmissionResult]) -> tuple[Hint, ...]:
    """Hints of checks that were not passed, those that most students got first."""
    students: dict[tuple[str, str], set[str]] = defaultdict(set)
    asked: dict[tuple[str, str], str] = {}
    for result in results:
        for (_, exercise), cell in checks_cells(result):
            for record in cell.records:
                if record.hint and record.outcome not in (Outcome.PASSED, Outcome.UNGRADABLE, Outcome.SKIPPED):
                    key = (record.hint, exercise)
                    students[key].add(result.student)
                    asked.setdefault(key, record.asked)
    hints = [Hint(key[0], asked[key], key[1], len(who)) for key, who in students.items()]
    return tuple(sorted(hints, key=lambda hint: (-hint.students, hint.exercise, hint.text)))


def _facts(results: Sequence[SubmissionResult]) -> dict[str, tuple[str, ...]]:
    """Audit facts with the students they were seen with, the most frequent first."""
    found: dict[str, set[str]] = defaultdict(set)
    for result in results:
        for fact in result.audit:
            found[fact].add(result.student)
    order = sorted(found, key=lambda fact: (-len(found[fact]), fact))
    return {fact: tuple(sorted(found[fact])) for fact in order}


def _costs(results: Sequence[SubmissionResult]) -> dict[str, float]:
    """Mean CPU seconds of a submission by what they were spent on, over those that were run."""
    run = [result.costs for result in results if result.costs]
    names = list(dict.fromkeys(name for costs in run for name in costs))
    return {name: fmean(costs.get(name, 0.0) for costs in run) for name in names}
