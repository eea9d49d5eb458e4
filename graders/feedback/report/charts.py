"""Geometry of the report's drawings: columns of a distribution, a stacked bar, and where scores lie.

Positions are in units of the drawings' own boxes; they are stretched to the page's width, so nothing
round and no text is in them. Imports only the numbers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from graders.feedback.report.checks import Sample
from graders.feedback.report.numbers import spread

WIDTH = 400.0
_BINS = 80
_REACH = 4.0  # quartile ranges from the median that the scale covers; what is beyond stands at its edge


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar: which colour, where it starts, how wide it is, of 100."""

    name: str
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class Mark:
    """A thin column of a strip: where it starts, how high it is and from where, of 40."""

    x: float
    y: float
    height: float
    passed: bool


@dataclass(frozen=True)
class Strip:
    """Many values on one line, and the mark asked for."""

    marks: tuple[Mark, ...]
    target: float
    width: float


def heights(counts: Sequence[int]) -> tuple[float, ...]:
    """Return the heights of columns, the tallest 100."""
    tallest = max(counts, default=0)
    return tuple(round(100 * count / tallest, 1) if tallest else 0.0 for count in counts)


def stack(counts: dict[str, int]) -> tuple[Segment, ...]:
    """Return the parts of a bar of width 100 in the order given, empty ones left out."""
    total = sum(counts.values())
    segments, before = [], 0
    for name, count in counts.items():
        if count:
            start, end = (round(100 * edge / total, 2) for edge in (before, before + count))
            segments.append(Segment(name, count, start, round(end - start, 2)))
        before += count
    return tuple(segments)


def strip(samples: Sequence[Sample], *, logarithmic: bool = False) -> Strip | None:
    """Return where the values of some samples lie around their target; None if there is no value.

    ``logarithmic`` is for multiples, where half and twice are equally far from one.
    """
    if not samples:
        return None
    scale = math.log if logarithmic else float
    values = [scale(sample.value) for sample in samples]
    target = scale(samples[0].target)
    start, end = _limits(values, target)
    width = WIDTH / _BINS
    bins = Counter(
        (_bin(value, start, end), sample.passed) for value, sample in zip(values, samples, strict=True)
    )
    tallest = max(bins[place, True] + bins[place, False] for place, _ in list(bins))
    unit = 40 / max(tallest, 4)  # a single value is no mountain
    marks = [mark for place in sorted({place for place, _ in bins}) for mark in _marks(place, bins, unit)]
    return Strip(tuple(marks), round((target - start) / (end - start) * WIDTH, 1), width)


def _limits(values: list[float], target: float) -> tuple[float, float]:
    lies = spread(values)
    reach = _REACH * (lies.three_quarters - lies.quarter) if lies else 0.0
    middle = lies.middle if lies else target
    reach = max(reach, abs(target - middle), abs(target) * 0.02, 1e-9)
    inside = [value for value in values if abs(value - middle) <= reach]
    low, high = min([*inside, target]), max([*inside, target])
    margin = (high - low) * 0.08 or abs(target) * 0.05 or 0.5
    return low - margin, high + margin


def _bin(value: float, start: float, end: float) -> int:
    return max(0, min(_BINS - 1, int((value - start) / (end - start) * _BINS)))


def _marks(place: int, bins: Counter[tuple[int, bool]], unit: float) -> list[Mark]:
    marks, top = [], 40.0
    for passed in (True, False):
        height = bins[place, passed] * unit
        if height:
            top -= height
            marks.append(Mark(round(place * WIDTH / _BINS, 2), round(top, 2), round(height, 2), passed))
    return marks
