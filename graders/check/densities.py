"""Densities: held-out log likelihood, of a function that really is a density."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from graders.check.compare import is_remote, plain
from graders.check.metrics import METRICS
from graders.check.scores import Goal, Task, verdict
from graders.check.session import Verdict, fail, settle

_WIDTH = 0.6  # of the rows that measure the mass, in standard deviations of the data
_PROBES = 2000
_SLACK = 0.1  # of the mass: the estimate's own noise comes on top


def density(
    asked: str,
    log_density: Callable[[Any], Any],
    X: Any,
    *,
    reference: Any = None,
    at_least: float,
    partial: float | None = None,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check the mean log likelihood of held-out rows, in nats per row, under a density that integrates to one.

    ``log_density(X)`` of shape (n, d) returns n log densities, as ``score_samples`` does. ``at_least`` is the
    mean log density, or with ``reference`` (the n log densities of a reference for the same rows) how far the
    mean may lie from the reference's: -0.1 allows a tenth of a nat less.

    Densities are the student's word, so the check also measures their mass: it asks, in the same call, for
    rows scattered around the held-out ones, and importance sampling with their known density gives the
    integral. More than one plus its error is no density, and fails. A student sees the mean and its interval.

    >>> X = np.random.default_rng(0).normal(size=(300, 1))
    >>> normal = lambda X: -0.5 * X[:, 0] ** 2 - 0.5 * np.log(2 * np.pi)
    >>> check.density("The density fits held-out rows", normal, X, at_least=-1.5)
    ✓ The density fits held-out rows
    """
    goal = Goal(at_least, True, partial)
    settle(asked, hint, lambda: _judge(goal, log_density, X, reference))


def _judge(goal: Goal, log_density: Callable[[Any], Any], X: Any, reference: Any) -> Verdict:
    import numpy as np

    rows = np.asarray(X, dtype=float)
    probes, log_known = _scattered(rows)
    order = np.random.default_rng(1).permutation(len(rows) + len(probes))
    asked = plain(log_density(np.concatenate([rows, probes])[order]))
    if is_remote(asked) or np.shape(asked) != (len(order),):
        return fail("One log density per row was asked for.")
    found = np.empty(len(order))
    found[order] = np.asarray(asked, dtype=float)
    if np.isnan(found).any() or not np.isfinite(found[: len(rows)]).all():
        return fail("Some log densities are not finite numbers.")
    if _mass_is_too_large(found[len(rows) :] - log_known):
        return fail("This is no density: it does not integrate to one.")
    return _compared(goal, found[: len(rows)], reference)


def _compared(goal: Goal, found: Any, reference: Any) -> Verdict:
    task = Task(METRICS["mean"])
    estimate = task.estimate(None, found if reference is None else found - reference)
    if isinstance(estimate, Verdict):
        return estimate
    of = "mean log density" if reference is None else "mean log density minus that of the reference"
    made = verdict(goal, task, estimate)
    problem = "" if made.passed else "The log likelihood is not there yet."
    required = f"{of} of at least {goal.target:.4g}"
    return Verdict(made.share, problem, required=required, measured=made.measured, metrics=made.metrics)


def _scattered(rows: Any) -> tuple[Any, Any]:
    """Return rows with Gaussian noise around the given ones, and their log densities."""
    import numpy as np
    from scipy.spatial.distance import cdist

    rng, d = np.random.default_rng(0), rows.shape[1]
    width = _WIDTH * np.where(rows.std(axis=0) > 0, rows.std(axis=0), 1.0)
    probes = rows[rng.integers(0, len(rows), _PROBES)] + rng.normal(size=(_PROBES, d)) * width
    exponents = -0.5 * cdist(probes / width, rows / width, "sqeuclidean")
    constant = np.log(len(rows)) + 0.5 * d * math.log(2 * math.pi) + np.log(width).sum()
    return probes, np.logaddexp.reduce(exponents, axis=1) - constant


def _mass_is_too_large(log_weights: Any) -> bool:
    """Whether the mean weight, an unbiased estimate of the mass, is above one by more than its error."""
    import numpy as np

    weights = np.exp(np.clip(log_weights, None, 50.0))
    mean = float(weights.mean())
    error = float(weights.std()) / math.sqrt(len(weights))
    return not mean <= 1 + _SLACK + 4 * error
