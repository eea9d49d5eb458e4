"""95% intervals of a score: Wilson's for proportions, a bootstrap otherwise, for rows that depend too.

Every function is seeded and pure. What is known of small samples is in the docstrings, and measured by
simulation in the tests.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graders.errors import JudgeError

_Z95 = 1.959963984540054  # 97.5% quantile of the normal distribution

Interval = tuple[float, float]


@dataclass(frozen=True)
class Dependence:
    """How rows depend: ``groups`` (one label per row) are drawn whole; a time series in ``block`` rows."""

    groups: Any = None
    block: int | None = None

    def units(self, n: int) -> list[Any]:
        """Return the rows of each independent unit; raises JudgeError where there are fewer than two."""
        import numpy as np

        if self.groups is not None and self.block is not None:
            raise JudgeError("A score takes groups= or block=, not both.")
        labels = np.arange(n) // (self.block or 1) if self.groups is None else np.asarray(self.groups)
        if len(labels) != n:
            raise JudgeError(f"There are {n} rows and {len(labels)} groups.")
        found = np.unique(labels, return_inverse=True)[1]
        units = np.split(np.argsort(found, kind="stable"), np.cumsum(np.bincount(found))[:-1])
        if len(units) < 2:
            raise JudgeError("A score needs at least two independent rows, groups or blocks.")
        return units

    @property
    def independent(self) -> bool:
        """Whether every row is a draw of its own."""
        return self.groups is None and self.block is None

    def draw(self, n: int, units: list[Any], rng: Any) -> Any:
        """Return the rows of a resample: rows, whole groups, or overlapping blocks (Künsch 1989)."""
        import numpy as np

        if self.independent:
            return rng.integers(0, n, n)
        if self.groups is not None:
            return np.concatenate([units[i] for i in rng.integers(0, len(units), len(units))])
        length = min(self.block or 1, n)
        starts = rng.integers(0, n - length + 1, math.ceil(n / length))
        return (starts[:, None] + np.arange(length)).ravel()[:n]

    def half(self, units: list[Any], rng: Any) -> Any:
        """Return the rows of half of the units, none twice: means over them vary like means over all do."""
        import numpy as np

        return np.concatenate([units[i] for i in rng.permutation(len(units))[: max(1, len(units) // 2)]])


def wilson(proportion: float, n: float) -> Interval:
    """Return Wilson's 95% interval of a proportion seen in ``n`` trials (Wilson 1927).

    It never leaves [0, 1] and has a width at 0 and 1, where a bootstrap has none.
    """
    centre = proportion + _Z95**2 / (2 * n)
    spread = _Z95 * math.sqrt(proportion * (1 - proportion) / n + _Z95**2 / (4 * n**2))
    scale = 1 + _Z95**2 / n
    return (centre - spread) / scale, (centre + spread) / scale


def proportion_interval(hits: Any, dependence: Dependence) -> Interval:
    """Return Wilson's interval of 0/1 values; NaN rows do not count, dependent rows count for less.

    Where rows depend, ``n`` is divided by the design effect measured between groups (Korn and Graubard
    1998), and is the number of groups where all values are equal and nothing can be measured. Over 2,000
    simulated data sets of 5 to 40 groups, 94 to 96% of the intervals held the truth.
    """
    import numpy as np

    counted = ~np.isnan(np.asarray(hits, dtype=float))
    values, units = np.where(counted, hits, 0.0), dependence.units(len(hits))
    n = int(counted.sum())
    if n == 0:
        return 0.0, 1.0
    p = float(values.sum()) / n
    if dependence.independent:
        return wilson(p, n)
    apart = [float((values - p * counted)[unit].sum()) for unit in units]
    variance = len(units) / (len(units) - 1) * sum(d**2 for d in apart) / n**2
    effective = p * (1 - p) / variance if variance > 0 and 0 < p < 1 else len(units)
    # With few groups the variance is a guess itself: t instead of z, as a smaller n.
    return wilson(p, min(n, max(1.0, effective * (_Z95 / _t95(len(units) - 1)) ** 2)))


def bootstrap(
    statistic: Callable[[Any], float], draw: Callable[[Any], Any], units: int, resamples: int = 400
) -> Interval:
    """Return the 95% percentile bootstrap interval (Efron 1979) of a statistic of drawn rows (seeded).

    ``draw(rng)`` returns rows, ``units`` counts the independent ones. Percentiles are moved outwards as
    Student's t asks for few units (Hesterberg 2015, expanded percentile interval). Of 20,000 simulated data
    sets of normal rows, 91% of the intervals held the mean with 5 rows, 94% with 10 and more. Resamples that
    cannot be scored (one class only) are left out; raises ValueError if fewer than half can.
    """
    import numpy as np

    rng, values = np.random.default_rng(0), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of metrics that a resample leaves undefined
        for _ in range(resamples):
            try:
                value = float(statistic(draw(rng)))
            except (ValueError, ZeroDivisionError):
                continue
            if math.isfinite(value):
                values.append(value)
    if len(values) < resamples / 2:
        raise ValueError("too few resamples of the rows can be scored")
    tail = _tail(units)
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)


def _tail(units: int) -> float:
    """Return the share to cut off each side: 2.5% for many units, less for few."""
    from scipy.stats import norm

    return float(norm.cdf(-math.sqrt(units / (units - 1)) * _t95(units - 1)))


def _t95(degrees: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, degrees))


def over_seeds(values: list[float], intervals: list[Interval]) -> Interval:
    """Return the 95% interval of the mean of scores that each came from draws of their own.

    Student's t over the scores, which sees what the training seed does, but never narrower than what
    the rows of each draw leave open. Over 4,000 simulations, 95 to 98% held the truth for five scores, however
    much seeds matter. Fewer than four scores make it too wide to tell anything.
    """
    k, mean, (low, high) = len(values), sum(values) / len(values), within_seeds(values, intervals)
    between = _t95(k - 1) * math.sqrt(sum((v - mean) ** 2 for v in values) / (k - 1) / k)
    return min(low, mean - between), max(high, mean + between)


def within_seeds(values: list[float], intervals: list[Interval]) -> Interval:
    """Return the part of that interval that the rows alone leave open, as if seeds changed nothing."""
    k, mean = len(values), sum(values) / len(values)
    below = math.sqrt(sum((v - low) ** 2 for v, (low, _) in zip(values, intervals, strict=True))) / k
    above = math.sqrt(sum((v - high) ** 2 for v, (_, high) in zip(values, intervals, strict=True))) / k
    return mean - below, mean + above
