"""The drawing of what a student's code wrote down while it learned: one line for each curve.

Only for visible checks that no hidden one came before: curves are the student's own words, and their code may
have seen hidden data. The record has none of a hidden check; that is looked at here once more. Positions are
in units of the drawing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graders.feedback.clean import line, number
from graders.feedback.language import figure
from graders.feedback.language import page_texts as texts
from graders.results import Outcome, Record

_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 394.0, 8.0, 110.0  # the template's axes stand around it
_MOST_CURVES, _MOST_POINTS, _MOST_EPOCHS = 4, 60, 1_000_000


@dataclass(frozen=True)
class Curve:
    """One line: its path, and the same in words."""

    path: str
    text: str


@dataclass(frozen=True)
class Curves:
    """The drawing: its lines, the ends of its axes, and what it shows."""

    curves: tuple[Curve, ...]
    low: str
    high: str
    epochs: int
    text: str


def curves_of(record: Record) -> Curves | None:
    """Return the drawing of a visible check that recorded curves; None for all others."""
    raw = record.metrics.get("curves")
    if record.hidden or record.outcome is Outcome.UNGRADABLE or not isinstance(raw, list):
        return None
    found = [curve for curve in map(_curve, raw[:_MOST_CURVES]) if curve]
    if not found:
        return None
    values = [value for _, _, points in found for value in points]
    low, high = min(values), max(values)
    epochs = max(count for _, count, _ in found)
    return Curves(
        curves=tuple(_drawn(name, points, _height(low, high)) for name, _, points in found),
        low=figure(f"{low:.3g}"),
        high=figure(f"{high:.3g}"),
        epochs=epochs,
        text=texts.CURVES.format(epochs=epochs),
    )


def _curve(raw: object) -> tuple[str, int, list[float]] | None:
    """Return name, number of epochs and points of one curve; None if it is not fit to draw."""
    if not isinstance(raw, list) or len(raw) != 3:
        return None
    name, count, points = raw
    if not isinstance(name, str) or type(count) is not int or not isinstance(points, list):
        return None
    good = [
        float(p) for p in points if isinstance(p, int | float) and not isinstance(p, bool) and abs(p) < 1e100
    ]
    if not 2 <= len(good) <= _MOST_POINTS or len(good) != len(points) or not len(good) <= count <= _MOST_EPOCHS:
        return None
    return line(name, 40), count, good


def _height(low: float, high: float) -> Callable[[float], float]:
    span = high - low or 1.0
    return lambda value: round(_BOTTOM - (value - low) / span * (_BOTTOM - _TOP), 1)


def _drawn(name: str, points: list[float], height: Callable[[float], float]) -> Curve:
    step = (_RIGHT - _LEFT) / (len(points) - 1)
    spots = (f"{round(_LEFT + i * step, 1):g} {height(value):g}" for i, value in enumerate(points))
    ends = {"first": number(points[0]), "last": number(points[-1])}
    return Curve("M" + "L".join(spots), texts.CURVE.format(name=name, **ends))
