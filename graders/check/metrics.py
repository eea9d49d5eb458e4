"""Metrics by name: what a score check computes, and which rows its interval may resample.

Ours come first; any scorer name of scikit-learn (``"f1_weighted"``, ``"neg_mean_absolute_error"``) and any
function of ``sklearn.metrics`` that takes (y_true, y_pred) is known too. Imports nothing heavy before use.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graders.errors import JudgeError

Statistic = Callable[[Any], float]  # of the row numbers of a resample
_SAMPLE_ROWS = 600  # more rows make the distance between two samples slower, hardly more exact


@dataclass(frozen=True)
class Metric:
    """A metric: how it is computed, and what is known of it that makes its interval better.

    ``rows`` gives one value per row whose mean (then ``finish``) is the metric; ``hits`` one 0, 1 or, where a
    row does not count, NaN, whose mean is a proportion. ``halves`` marks metrics that rows drawn twice
    would distort, ``classes`` those that need two classes, ``two_samples`` those whose rows are no pairs.
    """

    label: str
    compute: Callable[[Any, Any], float]
    rows: Callable[[Any, Any], Any] | None = None
    hits: Callable[[Any, Any], Any] | None = None
    finish: Callable[[float], float] = float
    halves: bool = False
    classes: bool = False
    two_samples: bool = False


def find_metric(metric: str | Callable[[Any, Any], float]) -> Metric:
    """Return the metric of a name or function; raises JudgeError for a name nobody knows."""
    if callable(metric):
        return Metric(getattr(metric, "__name__", "score"), metric)
    return METRICS.get(metric) or _scorer(metric) or _function(metric) or _unknown(metric)


def _unknown(name: str) -> Metric:
    from sklearn.metrics import get_scorer_names

    near = difflib.get_close_matches(name, [*METRICS, *get_scorer_names()], n=3)
    raise JudgeError(f"There is no metric {name!r}.", hint=f"Near it: {', '.join(near)}." if near else "")


def _scorer(name: str) -> Metric | None:
    """Return a scorer's metric with the scorer's sign: greater is better."""
    from sklearn.metrics import get_scorer, get_scorer_names

    if name not in get_scorer_names():
        return None
    scorer = get_scorer(name)
    function, sign, options = scorer._score_func, scorer._sign, scorer._kwargs
    return Metric(name.replace("_", " "), lambda y, p: sign * float(function(y, p, **options)))


def _function(name: str) -> Metric | None:
    from sklearn import metrics

    function = getattr(metrics, name, None) if name in metrics.__all__ and name.islower() else None
    return Metric(name.replace("_", " "), lambda y, p: float(function(y, p))) if function else None


def _sklearn(name: str, **options: Any) -> Callable[[Any, Any], float]:
    def compute(y_true: Any, y_pred: Any) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(y_true, y_pred, **options))

    return compute


def _auc(y_true: Any, y_pred: Any) -> float:
    """Return the area under the ROC curve; of two classes by ranks (Mann and Whitney 1947), ties by half.

    A bootstrap computes it hundreds of times: twenty times as fast as scikit-learn's, which checks its input.
    """
    import numpy as np
    from scipy.stats import rankdata

    if y_pred.ndim > 1 or len(classes := np.unique(y_true)) > 2:
        return _sklearn("roc_auc_score")(y_true, y_pred)
    if len(classes) < 2:
        raise ValueError("all rows are of one class")
    upper = y_true == classes[1]
    n = int(upper.sum())
    return float((rankdata(y_pred)[upper].sum() - n * (n + 1) / 2) / (n * (len(upper) - n)))


# -- one value per row ----------------------------------------------------------------------------


def _alike(truth: Any, guess: Any) -> None:
    if truth.shape != guess.shape:
        raise ValueError("the predictions have another shape than the targets")


def _mean_rows(values: Any) -> Any:
    return values.reshape(len(values), -1).mean(axis=1)


def _squared(truth: Any, guess: Any) -> Any:
    _alike(truth, guess)
    return _mean_rows((guess - truth) ** 2.0)


def _absolute(truth: Any, guess: Any) -> Any:
    _alike(truth, guess)
    return _mean_rows(abs(guess - truth))


def _right(truth: Any, guess: Any) -> Any:
    _alike(truth, guess)
    return _mean_rows(truth == guess) == 1.0


def _found(truth: Any, guess: Any) -> Any:
    import numpy as np

    return np.where(truth == 1, guess == 1, np.nan)


def _meant(truth: Any, guess: Any) -> Any:
    import numpy as np

    return np.where(guess == 1, truth == 1, np.nan)


def _log_losses(truth: Any, guess: Any) -> Any:
    """Return minus the log probability given to each row's class; columns are the sorted classes.

    Whole numbers below the number of columns are columns themselves, so that a class may be missing.
    """
    import numpy as np

    columns = np.c_[1.0 - guess, guess] if guess.ndim == 1 else guess
    if columns.min() < 0 or columns.max() > 1:
        raise ValueError("a probability is not between 0 and 1")
    counted = truth.dtype.kind in "iub" and truth.min() >= 0 and truth.max() < columns.shape[1]
    classes, found = np.unique(truth, return_inverse=True)
    if not counted and len(classes) != columns.shape[1]:
        raise ValueError("there are not as many columns as classes")
    chosen = columns[np.arange(len(truth)), truth.astype(int) if counted else found]
    return -np.log(np.clip(chosen, np.finfo(float).eps, None))


def _silhouettes(X: Any, labels: Any) -> Any:
    from sklearn.metrics import silhouette_samples

    return silhouette_samples(X, labels)


def _gains(truth: Any, guess: Any) -> Any:
    import numpy as np
    from sklearn.metrics import ndcg_score

    _alike(truth, guess)
    return np.array([ndcg_score(t[None], g[None]) for t, g in zip(truth, guess, strict=True)])


def _values(truth: Any, guess: Any) -> Any:
    return guess.astype(float)


def _root(value: float) -> float:
    return float(value**0.5)


def _of_rows(rows: Callable[[Any, Any], Any], finish: Callable[[float], float] = float) -> Any:
    return lambda truth, guess: finish(float(rows(truth, guess).mean()))


def _by_rows(
    label: str,
    rows: Callable[[Any, Any], Any],
    finish: Callable[[float], float] = float,
    classes: bool = False,
) -> Metric:
    return Metric(label, _of_rows(rows, finish), rows=rows, finish=finish, classes=classes)


# -- two samples ----------------------------------------------------------------------------------


def distances(truth: Any, guess: Any, kernel: str) -> Callable[[Any, Any], float]:
    """Return the distance of two samples as a function of the rows to use of each.

    ``energy``: 2 E|X-Y| - E|X-X'| - E|Y-Y'| over 2 E|X-Y|, between 0 (alike) and 1 (Székely and Rizzo 2013).
    ``mmd``: the maximum mean discrepancy, squared, with a Gaussian kernel as wide as the median distance
    of the real rows (Gretton et al. 2012). Both without the bias of comparing a row with itself.
    """
    import numpy as np
    from scipy.spatial.distance import cdist

    real, made = (rows.reshape(len(rows), -1).astype(float)[:_SAMPLE_ROWS] for rows in (truth, guess))
    if real.shape[1] != made.shape[1]:
        raise ValueError("the generated rows have another length than the real ones")
    within, between, among = cdist(real, real), cdist(real, made), cdist(made, made)
    if kernel == "mmd":
        width = 2.0 * np.median(within[np.triu_indices(len(real), 1)]) ** 2 or 1.0
        within, between, among = (-np.exp(-(d**2) / width) for d in (within, between, among))

    def distance(i: Any, j: Any) -> float:
        across = between[np.ix_(i, j)].mean()
        found = 2 * across - _pair_mean(within[np.ix_(i, i)]) - _pair_mean(among[np.ix_(j, j)])
        return float(found / (2 * across) if kernel == "energy" and across else found)

    return distance


def _pair_mean(square: Any) -> float:
    """Return the mean over all pairs of different rows."""
    n = len(square)
    return float((square.sum() - square.trace()) / (n * (n - 1)))


def _two_samples(label: str, kernel: str) -> Metric:
    def compute(truth: Any, guess: Any) -> float:
        rows = [range(min(len(sample), _SAMPLE_ROWS)) for sample in (truth, guess)]
        return distances(truth, guess, kernel)(*rows)

    return Metric(label, compute, halves=True, two_samples=True)


METRICS: dict[str, Metric] = {
    "accuracy": Metric("accuracy", _sklearn("accuracy_score"), hits=_right),
    "precision": Metric("precision", _sklearn("precision_score", zero_division=0.0), hits=_meant),
    "recall": Metric("recall", _sklearn("recall_score"), hits=_found),
    "f1": Metric("F1", _sklearn("f1_score", average="macro")),
    "log_loss": _by_rows("log loss", _log_losses, classes=True),
    "auc": Metric("ROC AUC", _auc, classes=True),
    "average_precision": Metric("average precision", _sklearn("average_precision_score"), classes=True),
    "rmse": _by_rows("RMSE", _squared, _root),
    "mae": _by_rows("MAE", _absolute),
    "r2": Metric("R²", _sklearn("r2_score")),
    "ari": Metric("adjusted Rand index", _sklearn("adjusted_rand_score"), halves=True),
    "silhouette": _by_rows("silhouette", _silhouettes),
    "ndcg": _by_rows("NDCG", _gains),
    "mean": _by_rows("mean", _values),
    "energy": _two_samples("energy distance", "energy"),
    "mmd": _two_samples("maximum mean discrepancy", "mmd"),
}
"""Metrics with a name of ours; ``mean`` is that of the predictions themselves (returns, log densities)."""
