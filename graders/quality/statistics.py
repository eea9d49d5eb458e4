"""What can be said of a threshold from some draws: how often it fails a good answer, where it could lie.

Scores of one solution over many draws are taken as normal. That is an approximation, so what is seen is
reported beside what is estimated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

CONFIDENCE = 0.95


def predicted_rate(values: Sequence[float], target: float, *, higher: bool) -> float:
    """Return the probability that one more draw misses a target, from n >= 2 values of earlier draws.

    The predictive distribution of a normal sample: Student's t with n - 1 degrees of freedom, scale
    s * sqrt(1 + 1/n) (Geisser 1993, chapter 2). ``higher``: values at or above the target are good.
    """
    from scipy.stats import t

    mean, sd = moments(values)
    distance = (mean - target) if higher else (target - mean)
    if sd == 0.0:
        return 0.0 if distance >= 0 else 1.0
    return float(t.sf(distance / (sd * math.sqrt(1 + 1 / len(values))), len(values) - 1))


def tolerance_bound(values: Sequence[float], rate: float, *, lower: bool) -> float:
    """Return the value that all but a share ``rate`` of draws lie beyond, with 95% confidence.

    The one-sided normal tolerance limit: k = t'(n - 1, z_p sqrt(n)) / sqrt(n), t' a quantile of the
    noncentral t distribution (Hahn and Meeker 1991, section 4.6).
    """
    from scipy.stats import nct, norm

    mean, sd = moments(values)
    n = len(values)
    k = float(nct.ppf(CONFIDENCE, n - 1, norm.ppf(1 - rate) * math.sqrt(n)) / math.sqrt(n))
    return mean - k * sd if lower else mean + k * sd


def upper_bound(count: int, n: int) -> float:
    """Return the largest rate that ``count`` of ``n`` is compatible with (one-sided, 95%).

    Clopper and Pearson (1934); for a count of 0 it is about 3 / n, the rule of three.
    """
    from scipy.stats import beta

    return 1.0 if count >= n else float(beta.ppf(CONFIDENCE, count + 1, n - count))


def moments(values: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard deviation (n - 1) of at least two values; 0 for rounding errors."""
    mean = math.fsum(values) / len(values)
    sd = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))
    return mean, sd if sd > 1e-12 * max(1.0, abs(mean)) else 0.0


def rounded(value: float, digits: int = 3) -> float:
    """Return a value with that many significant digits."""
    return float(f"{value:.{digits}g}")
