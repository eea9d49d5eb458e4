"""Score checks: a metric of predictions against labels that only the judge holds, with its interval.

A threshold costs marks only when the whole 95% interval misses it: Wilson's interval for proportions
(Wilson 1927), percentile bootstrap (Efron 1979) for every other metric.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graders.check.compare import is_remote, plain, wrong_kind
from graders.check.session import Verdict, fail, settle

_Z95 = 1.959963984540054  # 97.5% quantile of the normal distribution
_RESAMPLES = 400
_ARRAYS = ("ndarray", "list", "tuple", "Series", "DataFrame")
# Kinds of predictions by the kind of what is predicted. Complex ones would cancel real errors: the square
# of an imaginary part is negative, and the root of a mean of squares then as small as one likes.
_NUMBERS = "biuf"
_FITTING = {**dict.fromkeys(_NUMBERS, _NUMBERS), "c": _NUMBERS + "c", "U": "UO", "S": "S", "O": "OU" + _NUMBERS}
# However wide the interval, an error this much above the target is not at the border any more: few
# absurd predictions widen a bootstrap interval without moving its lower end.
_FAR = 1.5


@dataclass(frozen=True)
class Metric:
    """A metric by name: how it is computed and what it is called in a sentence."""

    label: str
    compute: Callable[[Any, Any], float]
    proportion: bool = False


def _sklearn(name: str, **options: Any) -> Callable[[Any, Any], float]:
    def compute(y_true: Any, y_pred: Any) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(y_true, y_pred, **options))

    return compute


METRICS: dict[str, Metric] = {
    "accuracy": Metric("accuracy", _sklearn("accuracy_score"), proportion=True),
    "rmse": Metric("RMSE", _sklearn("root_mean_squared_error")),
    "mae": Metric("MAE", _sklearn("mean_absolute_error")),
    "r2": Metric("R²", _sklearn("r2_score")),
    "f1": Metric("F1", _sklearn("f1_score", average="macro")),
    "log_loss": Metric("log loss", _sklearn("log_loss")),
    "auc": Metric("ROC AUC", _sklearn("roc_auc_score")),
    "average_precision": Metric("average precision", _sklearn("average_precision_score")),
}


def score(
    asked: str,
    y_true: Any,
    y_pred: Any,
    *,
    metric: str | Callable[[Any, Any], float] = "accuracy",
    at_least: float | None = None,
    at_most: float | None = None,
    partial: float | None = None,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check a metric of predictions: shapes (n,) and (n,) or (n, classes), in the metric's own unit.

    Give ``at_least`` or ``at_most``. The check fails only if the favourable end of the 95% interval
    misses the target; from ``partial`` to the target the points grow linearly.
    Raises ValueError if not exactly one target is given.
    """
    if (at_least is None) == (at_most is None):
        raise ValueError("check.score needs exactly one of at_least= and at_most=.")
    chosen = METRICS[metric] if isinstance(metric, str) else Metric(metric.__name__, metric)
    goal = Goal(at_least if at_least is not None else float(at_most or 0.0), at_least is not None, partial)
    settle(asked, hint, lambda: _judge(chosen, goal, y_true, y_pred))


@dataclass(frozen=True)
class Goal:
    """A target, its direction, and where partial credit begins."""

    target: float
    higher_is_better: bool
    partial: float | None = None

    def share(self, favourable: float) -> float:
        """Return the share of points for the favourable end of an interval."""
        sign = 1.0 if self.higher_is_better else -1.0
        if sign * favourable >= sign * self.target:
            return 1.0
        if self.partial is None or sign * favourable <= sign * self.partial:
            return 0.0
        return (favourable - self.partial) / (self.target - self.partial)

    def is_far_from(self, value: float) -> bool:
        """Whether a value is so much worse than asked that no interval makes it a borderline case."""
        worst = self.target if self.partial is None else self.partial
        if self.higher_is_better:
            return value < min(self.target, worst) / _FAR and min(self.target, worst) > 0
        return value > _FAR * max(self.target, worst) > 0


def _judge(metric: Metric, goal: Goal, y_true: Any, y_pred: Any) -> Verdict:
    import numpy as np

    truth = np.asarray(y_true)
    problem, guess = _predictions(y_pred, truth)
    if problem is not None:
        return problem
    try:
        value = float(metric.compute(truth, guess))
        low, high = _interval(metric, truth, guess, value)
    except (ValueError, TypeError) as error:
        return fail("The predictions do not fit this metric.", str(error)[:200])
    if not all(map(math.isfinite, (value, low, high))):
        return fail(f"The {metric.label} of these predictions is not a number.")
    return _verdict(metric, goal, value, (low, high), len(truth))


def _predictions(y_pred: Any, truth: Any) -> tuple[Verdict | None, Any]:
    import numpy as np

    y_pred = plain(y_pred)
    if is_remote(y_pred) or type(y_pred).__name__ not in _ARRAYS:
        return wrong_kind(y_pred, "an array of predictions"), None
    try:
        guess = np.asarray(y_pred)
    except ValueError:
        return fail("The predictions have no regular shape."), None
    if guess.ndim == 2 and guess.shape[1] == 1:
        guess = guess[:, 0]  # a Keras model with one output returns a column
    if guess.ndim == 0 or len(guess) != len(truth):
        return fail("The number of predictions is not the number of rows."), None
    if guess.dtype.kind not in _FITTING.get(truth.dtype.kind, guess.dtype.kind):
        return fail("The predictions are values of another kind than what they predict."), None
    if guess.dtype.kind in "fc" and not np.isfinite(guess).all():
        return fail("Some predictions are not finite numbers."), None
    return None, guess.astype(np.float64) if guess.dtype.kind == "f" else guess


def _interval(metric: Metric, truth: Any, guess: Any, value: float) -> tuple[float, float]:
    if metric.proportion:
        return wilson(value, len(truth))
    return bootstrap(metric.compute, truth, guess)


def wilson(proportion: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95% interval of a proportion seen in ``n`` trials."""
    centre = proportion + _Z95**2 / (2 * n)
    spread = _Z95 * math.sqrt(proportion * (1 - proportion) / n + _Z95**2 / (4 * n**2))
    scale = 1 + _Z95**2 / n
    return (centre - spread) / scale, (centre + spread) / scale


def bootstrap(compute: Callable[[Any, Any], float], truth: Any, guess: Any) -> tuple[float, float]:
    """Return the 95% percentile bootstrap interval of a metric over resampled rows (seeded)."""
    import numpy as np

    rng = np.random.default_rng(0)
    values = []
    for _ in range(_RESAMPLES):
        rows = rng.integers(0, len(truth), len(truth))
        try:
            values.append(float(compute(truth[rows], guess[rows])))
        except ValueError:  # a resample may hold one class only
            continue
    if not values:
        raise ValueError("no resample of the rows could be scored")
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def _verdict(metric: Metric, goal: Goal, value: float, interval: tuple[float, float], n: int) -> Verdict:
    low, high = interval
    share = goal.share(high if goal.higher_is_better else low)
    if not metric.proportion and goal.is_far_from(value):
        share = 0.0
    side = "at least" if goal.higher_is_better else "at most"
    return Verdict(
        share,
        problem="" if share >= 1 else f"The {metric.label} is not there yet.",
        required=f"{metric.label} of {side} {goal.target:.4g}",
        measured=f"{value:.3g} (95% interval {low:.3g} to {high:.3g}, n = {n})",
        metrics={"score": value, "target": goal.target, "interval": [low, high], "n": n},
    )
