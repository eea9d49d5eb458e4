"""Measure how often bootstrap intervals hold the mean of few normal rows, for the figures their tests state.

Run with ``python bench/intervals.py``; it takes some seconds, because the resamples of so many rows are the
same for all data sets and are drawn once. Seeded: the same figures every time.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from graders.check.intervals import Dependence, _tail, bootstrap

DATA_SETS = 20_000
SIZES = (5, 10, 30, 200)


def one_interval(values: np.ndarray) -> tuple[float, float]:
    """Return the interval of one data set, as a check makes it."""
    dependence, n = Dependence(), len(values)
    units = dependence.units(n)
    return bootstrap(lambda rows: values[rows].mean(), lambda rng: dependence.draw(n, units, rng), n)


def share_held(n: int, data_sets: int = DATA_SETS) -> float:
    """Return the share of 95% intervals of the mean of n normal rows that hold the truth."""
    rng, drawn = np.random.default_rng(0), []
    for _ in range(400):
        drawn.append(np.bincount(Dependence().draw(n, [], rng), minlength=n) / n)
    values = np.random.default_rng(n).normal(size=(data_sets, n))
    low, high = np.quantile(values @ np.array(drawn).T, [_tail(n), 1 - _tail(n)], axis=1)
    for number in range(3):  # what is computed for all at once is what a check computes
        np.testing.assert_allclose((low[number], high[number]), one_interval(values[number]), atol=1e-9)
    return float(np.mean((low <= 0) & (high >= 0)))


def main() -> None:
    """Print the share for each number of rows, with its standard error."""
    for n in SIZES:
        share = share_held(n)
        print(f"{n:4} rows: {share:.4f} ± {np.sqrt(share * (1 - share) / DATA_SETS):.4f}")


if __name__ == "__main__":
    main()
