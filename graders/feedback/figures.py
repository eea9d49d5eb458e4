"""The little scale under a check: where the result lies, and where it should.

Reads only ``score``, ``scores``, ``target``, ``interval``, ``ratio`` and ``limit`` of a record's metrics; every
other metric may hold something hidden and is never looked at. Positions are in units of the drawing's width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graders.feedback.clean import number
from graders.feedback.language import figure
from graders.feedback.language import page_texts as texts
from graders.results import Record

WIDTH = 400.0
_MOST_DRAWS = 50


@dataclass(frozen=True)
class Figure:
    """A horizontal scale: a bar, the point reached, the mark asked for, and the same in words."""

    value: float
    target: float
    bar: tuple[float, float]  # start and length
    is_interval: bool
    value_text: str
    target_text: str
    interval_text: str = ""
    draws: tuple[float, ...] = ()
    draws_text: str = ""


def figure_of(record: Record) -> Figure | None:
    """Return the scale of a check that measured a score or a time ratio; None for all others."""
    metrics = record.metrics
    if (score := _finite(metrics.get("score"))) is not None:
        interval = _interval(metrics.get("interval"))
        return _score(score, _finite(metrics.get("target")), interval, _draws(metrics.get("scores")))
    return _ratio(_finite(metrics.get("ratio")), _finite(metrics.get("limit")))


def _score(
    score: float, target: float | None, interval: tuple[float, float] | None, draws: tuple[float, ...]
) -> Figure | None:
    if target is None:
        return None
    low, high = interval or (score, score)
    start, end = _span([score, target, low, high, *draws])
    place = _placer(start, end)
    return Figure(
        value=place(score),
        target=place(target),
        bar=(place(low), round(place(high) - place(low), 1)),
        is_interval=interval is not None,
        value_text=texts.FIGURE_SCORE.format(value=number(score)),
        target_text=texts.FIGURE_TARGET.format(value=number(target)),
        interval_text=_interval_text(interval),
        draws=tuple(place(draw) for draw in draws),
        draws_text=_draws_text(draws),
    )


def _ratio(ratio: float | None, limit: float | None) -> Figure | None:
    if ratio is None or limit is None or ratio < 0 or limit <= 0:
        return None
    place = _placer(0.0, max(ratio, limit) * 1.15)
    return Figure(
        value=place(ratio),
        target=place(limit),
        bar=(0.0, place(ratio)),
        is_interval=False,
        value_text=texts.FIGURE_RATIO.format(value=figure(f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}")),
        target_text=texts.FIGURE_LIMIT.format(value=number(limit)),
    )


def _interval_text(interval: tuple[float, float] | None) -> str:
    if interval is None:
        return ""
    return texts.FIGURE_INTERVAL.format(low=number(interval[0]), high=number(interval[1]))


def _draws(value: object) -> tuple[float, ...]:
    """Return the scores of several draws, lowest first; one draw is the score itself and is none."""
    found = [_finite(score) for score in value[:_MOST_DRAWS]] if isinstance(value, list | tuple) else []
    finite = sorted(score for score in found if score is not None)
    return tuple(finite) if len(finite) > 1 else ()


def _draws_text(draws: tuple[float, ...]) -> str:
    if not draws:
        return ""
    count, low, high = len(draws), number(draws[0]), number(draws[-1])
    return texts.FIGURE_DRAWS.format(count, count=count, low=low, high=high)


def _span(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = (high - low) * 0.2 or abs(high) * 0.1 or 1.0
    return low - margin, high + margin


def _placer(start: float, end: float) -> Any:
    width = end - start
    return lambda value: round((value - start) / width * WIDTH, 1)


def _finite(value: object) -> float | None:
    """Return a number that can be drawn; booleans, infinities and absurd sizes are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e100 else None  # nan is not less either


def _interval(value: object) -> tuple[float, float] | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    low, high = _finite(value[0]), _finite(value[1])
    return (low, high) if low is not None and high is not None and low <= high else None
