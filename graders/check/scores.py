"""Score checks: a metric of predictions against labels that only the judge holds, with its interval.

A threshold costs marks only when the whole 95% interval misses it (see :mod:`graders.check.intervals`), and
where the score can be drawn again, only after it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from graders.check.compare import is_remote, plain, wrong_kind
from graders.check.intervals import (
    Dependence,
    Interval,
    bootstrap,
    over_seeds,
    proportion_interval,
    within_seeds,
)
from graders.check.metrics import Metric, distances, find_metric
from graders.check.session import Verdict, fail, settle
from graders.errors import JudgeError

_ARRAYS = ("ndarray", "list", "tuple", "Series", "DataFrame")
# Kinds of predictions by the kind of what is predicted. Complex ones would cancel real errors: the square
# of an imaginary part is negative, and the root of a mean of squares then as small as one likes.
_NUMBERS = "biuf"
_FITTING = {**dict.fromkeys(_NUMBERS, _NUMBERS), "c": _NUMBERS + "c", **dict.fromkeys("USO", "USO" + _NUMBERS)}
# However wide the interval, an error this much above the target is not at the border any more: few
# absurd predictions widen a bootstrap interval without moving its lower end.
_FAR = 1.5
_LOOKS = (1, 3)  # after so many draws a clear result ends the drawing
_FEWEST_SEEDS = 4  # of fewer scores Student's interval is so wide that bad work passes


def score(
    asked: str,
    y_true: Any,
    y_pred: Any = None,
    *,
    metric: str | Callable[[Any, Any], float] = "accuracy",
    at_least: float | None = None,
    at_most: float | None = None,
    partial: float | None = None,
    baseline: Any = None,
    by: str = "ratio",
    groups: Any = None,
    block: int | None = None,
    seeds: int = 5,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that a metric of predictions reaches a target, given the doubt that so many rows leave.

    ``y_true`` and ``y_pred`` have one row per prediction: (n,) and (n,), or (n, classes) for probabilities.
    ``metric`` is one of ``accuracy``, ``precision``, ``recall``, ``f1``, ``log_loss``, ``auc``,
    ``average_precision``, ``rmse``, ``mae``, ``r2``, ``ari`` (true and found clusters), ``silhouette`` (the
    data and the clusters found in it), ``ndcg`` (relevance and scores, one row per query), ``mean`` (of
    ``y_pred`` itself), ``energy`` or ``mmd`` (real and generated rows), the name of any scikit-learn scorer
    or metric, or a function of (y_true, y_pred). The target is ``at_least`` or ``at_most``, in the metric's own
    unit; from ``partial`` to the target the points grow linearly.

    With ``baseline``, the predictions of a reference or of a naive rule for the same rows, the target is a
    multiple of the baseline's metric, or with ``by="difference"`` the metric minus the baseline's.

    The check costs marks only if the favourable end of the 95% interval misses the target: Wilson's interval
    for proportions, a bootstrap otherwise. ``groups`` (one label per row) says which rows belong together;
    ``block`` how many rows of one time series do.

    If the work can be done again, give a function in the place of ``y_true``: ``draw(seed)`` returns
    (y_true, y_pred) or (y_true, y_pred, baseline). A score that would cost marks is then drawn with up to
    ``seeds`` seeds (at least 4), 0 first, and the mean is judged, with Student's interval over the seeds.

    A student sees the score, its interval and the target, never a row. Raises JudgeError for a check that
    cannot be made: not exactly one target, an unknown metric, labels of one class, a single row.

    >>> y, found = np.tile([0, 1], 50), np.tile([0, 1, 0, 1, 1], 20)
    >>> check.score("Nine of ten are recognised", y, y, at_least=0.9)
    ✓ Nine of ten are recognised
    >>> sales = np.sin(np.arange(70.0))
    >>> check.score("The forecast errs a third less than last week's values", sales[7:], sales[7:] + 0.1,
    ...             metric="mae", baseline=sales[:-7], at_most=0.67, block=7)
    ✓ The forecast errs a third less than last week's values
    """
    task = Task(find_metric(metric), by, Dependence(groups, block))
    goal = _goal(at_least, at_most, partial, baseline is not None, by)
    goal = replace(goal, proportion=task.metric.hits is not None and baseline is None)

    def find() -> Verdict:
        if callable(y_true) and not is_remote(y_true):
            return _over_seeds(task, goal, y_true, seeds)
        return _judge(goal, task, task.estimate(y_true, y_pred, baseline))

    settle(asked, hint, find)


@dataclass(frozen=True)
class Goal:
    """A target, its direction, and where partial credit begins."""

    target: float
    higher_is_better: bool
    partial: float | None = None
    proportion: bool = False  # nobody can make the interval of a proportion wider than the rows do

    def share(self, favourable: float) -> float:
        """Return the share of points for the favourable end of an interval."""
        sign = 1.0 if self.higher_is_better else -1.0
        if sign * favourable >= sign * self.target:
            return 1.0
        if self.partial is None or sign * favourable <= sign * self.partial:
            return 0.0
        return (favourable - self.partial) / (self.target - self.partial)

    def earned(self, value: float, interval: Interval) -> float:
        """Return the share of points for a score and its interval."""
        if self.is_far_from(value):
            return 0.0
        return self.share(interval[1] if self.higher_is_better else interval[0])

    def is_far_from(self, value: float) -> bool:
        """Whether a value is so much worse than asked that no interval makes it a borderline case."""
        worst = self.target if self.partial is None else self.partial
        if self.higher_is_better:
            worst = min(self.target, worst)
            return not self.proportion and value < worst / _FAR and worst > 0
        return value > _FAR * max(self.target, worst) > 0


@dataclass(frozen=True)
class Estimate:
    """A score with its interval, and what it was made of."""

    value: float
    interval: Interval
    n: int
    baseline: float | None = None
    scores: tuple[float, ...] = field(default=())


def _goal(
    at_least: float | None, at_most: float | None, partial: float | None, compared: bool, by: str
) -> Goal:
    if (at_least is None) == (at_most is None):
        raise JudgeError("A score needs exactly one of at_least= and at_most=.")
    if by not in ("ratio", "difference") or (by == "difference" and not compared):
        raise JudgeError("A score is compared by='ratio' or by='difference' with a baseline=.")
    return Goal(at_least if at_least is not None else float(at_most or 0.0), at_least is not None, partial)


@dataclass(frozen=True)
class Task:
    """What is measured: the metric, how it is compared with a baseline, which rows depend."""

    metric: Metric
    by: str = "ratio"
    dependence: Dependence = field(default_factory=Dependence)

    def estimate(self, y_true: Any, y_pred: Any, baseline: Any = None) -> Estimate | Verdict:
        """Return the estimate, or what is wrong with the predictions."""
        import numpy as np

        truth = None if y_true is None else self._truth(y_true)
        problem, guess = _predictions(y_pred, None if self.metric.two_samples else truth)
        if problem is not None:
            return problem
        rival = None if baseline is None else np.asarray(baseline)
        with np.errstate(all="ignore"):  # what is no number is said to be none
            return self._measured(guess if truth is None else truth, guess, rival)

    def _truth(self, y_true: Any) -> Any:
        import numpy as np

        truth = np.asarray(y_true)
        if truth.ndim == 0 or len(truth) < 2:
            raise JudgeError("A score needs at least two rows.")
        if truth.dtype.kind == "f" and not np.isfinite(truth).all():
            raise JudgeError("Some of the true values of a score are not finite.")
        if self.metric.classes and len(np.unique(truth)) < 2:
            raise JudgeError(f"All rows have the same label: there is no {self.metric.label}.")
        return truth

    def _measured(self, truth: Any, guess: Any, rival: Any) -> Estimate | Verdict:
        level = None if rival is None else self._level(truth, rival)
        try:
            value = float(self.metric.compute(truth, guess))
            value = value if level is None else self._compare(value, level)
            if math.isfinite(value):
                return Estimate(value, self._interval(truth, guess, rival, value), len(truth), level)
        except (ValueError, TypeError) as error:
            return fail("The predictions do not fit this metric.", str(error)[:200])
        return fail(f"The {self.metric.label} of these predictions is not a number.")

    def _level(self, truth: Any, rival: Any) -> float:
        level = float(self.metric.compute(truth, rival))
        if not math.isfinite(level) or (self.by == "ratio" and level <= 0):
            raise JudgeError(f"The baseline's {self.metric.label} is {level:g}.", hint='Use by="difference".')
        return level

    def _compare(self, value: float, level: float) -> float:
        return value / level if self.by == "ratio" else value - level

    def _interval(self, truth: Any, guess: Any, rival: Any, value: float) -> Interval:
        """Return the interval of the metric, or of what is left of it against a baseline."""
        if self.metric.hits is not None and rival is None:
            return proportion_interval(self.metric.hits(truth, guess), self.dependence)
        if self.metric.two_samples:
            return self._of_samples(truth, guess, rival)
        units = self.dependence.units(len(truth))
        mine, other = self._statistic(truth, guess), None if rival is None else self._statistic(truth, rival)

        def statistic(rows: Any) -> float:
            return mine(rows) if other is None else self._compare(mine(rows), other(rows))

        def draw(rng: Any) -> Any:
            halves = self.metric.halves
            return self.dependence.half(units, rng) if halves else self.dependence.draw(len(truth), units, rng)

        return bootstrap(statistic, draw, len(units), 1000 if self.metric.rows else 400)

    def _statistic(self, truth: Any, guess: Any) -> Callable[[Any], float]:
        """Return the metric as a function of rows; one that is a mean of rows computes those once."""
        import numpy as np

        per_row = self.metric.rows or self.metric.hits
        if per_row is None:
            return lambda rows: self.metric.compute(truth[rows], guess[rows])
        values = np.asarray(per_row(truth, guess), dtype=float)
        return lambda rows: self.metric.finish(float(np.nanmean(values[rows])))

    def _of_samples(self, truth: Any, guess: Any, rival: Any) -> Interval:
        """Return the interval of the distance of two samples, by halves of both."""
        kernel = "energy" if self.metric.label.startswith("energy") else "mmd"
        mine = distances(truth, guess, kernel)
        other = None if rival is None else distances(truth, rival, kernel)
        sizes = [min(len(rows), 600) for rows in (truth, guess)]

        def statistic(rows: Any) -> float:
            return mine(*rows) if other is None else self._compare(mine(*rows), other(*rows))

        def draw(rng: Any) -> Any:
            return [rng.permutation(n)[: n // 2] for n in sizes]

        return bootstrap(statistic, draw, min(sizes), 200)


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
    if guess.ndim == 0 or (truth is not None and len(guess) != len(truth)):
        return fail("The number of predictions is not the number of rows."), None
    if len(guess) < 2:
        return fail("There are not enough rows to score."), None
    if truth is not None and guess.dtype.kind not in _FITTING.get(truth.dtype.kind, guess.dtype.kind):
        return fail("The predictions are values of another kind than what they predict."), None
    if guess.dtype.kind in "fc" and not np.isfinite(guess).all():
        return fail("Some predictions are not finite numbers."), None
    return None, guess.astype(np.float64) if guess.dtype.kind == "f" else guess


def _over_seeds(task: Task, goal: Goal, draw: Callable[[int], Any], seeds: int) -> Verdict:
    """Judge the first draw; one that would cost marks only together with further ones."""
    if seeds != 1 and seeds < _FEWEST_SEEDS:
        raise JudgeError(f"A score is drawn with one seed or at least {_FEWEST_SEEDS}.")
    found: list[Estimate] = []
    for seed in range(seeds):
        estimate = task.estimate(*draw(seed))
        if isinstance(estimate, Verdict):
            return estimate
        found.append(estimate)
        if len(found) in _LOOKS and _is_clear(goal, found):
            break
    return _judge(goal, task, _combined(found))


def _is_clear(goal: Goal, found: list[Estimate]) -> bool:
    """Whether no further draw is needed: full points for the rows seen, or a miss by twice the doubt.

    Few scores vary by chance far more or less than they should, so their spread must not make them pass.
    """
    mean = _combined(found)
    rows = within_seeds([estimate.value for estimate in found], [estimate.interval for estimate in found])
    if goal.earned(mean.value, rows) >= 1:
        return True
    low, high = mean.interval
    doubled = (2 * low - mean.value, 2 * high - mean.value)
    return len(found) > 1 and goal.earned(mean.value, doubled) == 0


def _combined(found: list[Estimate]) -> Estimate:
    if len(found) == 1:
        return found[0]
    values = [estimate.value for estimate in found]
    levels = [estimate.baseline for estimate in found if estimate.baseline is not None]
    return Estimate(
        sum(values) / len(values),
        over_seeds(values, [estimate.interval for estimate in found]),
        sum(estimate.n for estimate in found),
        sum(levels) / len(levels) if levels else None,
        tuple(values),
    )


def _judge(goal: Goal, task: Task, estimate: Estimate | Verdict) -> Verdict:
    return estimate if isinstance(estimate, Verdict) else verdict(goal, task, estimate)


def verdict(goal: Goal, task: Task, estimate: Estimate) -> Verdict:
    """Return the verdict of a score, with everything that lay behind it."""
    low, high = estimate.interval
    share = goal.earned(estimate.value, estimate.interval)
    seeds = max(1, len(estimate.scores))
    drawn = f", mean of {seeds} seeds" if seeds > 1 else ""
    metrics: dict[str, Any] = {
        "score": estimate.value,
        "target": goal.target,
        "interval": [low, high],
        "n": estimate.n,
        "seeds": seeds,
        "scores": list(estimate.scores or (estimate.value,)),
    }
    if estimate.baseline is not None:
        metrics["baseline"] = estimate.baseline
    return Verdict(
        share,
        problem="" if share >= 1 else f"The {task.metric.label} is not there yet.",
        required=_required(goal, task, estimate.baseline is not None),
        measured=f"{estimate.value:.3g} (95% interval {low:.3g} to {high:.3g}, n = {estimate.n}{drawn})",
        metrics=metrics,
    )


def _required(goal: Goal, task: Task, compared: bool) -> str:
    side = "at least" if goal.higher_is_better else "at most"
    label, target = task.metric.label, f"{goal.target:.4g}"
    if not compared:
        return f"{label} of {side} {target}"
    if task.by == "ratio":
        return f"{label} of {side} {target} times that of the baseline"
    return f"{label} minus that of the baseline of {side} {target}"
