"""Checks of honest learning: no leakage, proper splits, probabilities that are some."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from graders.check.compare import difference, is_remote, plain, wrong_kind
from graders.check.session import PASS, Verdict, fail, settle
from graders.errors import JudgeError


def no_leakage(
    asked: str,
    func: Callable[..., Any],
    *,
    args: tuple[Any, ...],
    test: int | Sequence[int],
    fitted: Callable[[Any], Any] = lambda result: result,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that what was fitted does not move when the test rows move.

    ``func(*args)`` is called twice, the second time with other values in the arguments numbered ``test`` (from
    0): numbers are moved far away, everything else comes in reverse order. ``fitted(result)`` picks what must
    stay: the scaled training rows, ``scaler.mean_`` of a returned estimator, predictions for training rows. A
    student sees that it moved.

    >>> def scaled(X_train, X_test):
    ...     mean = X_train.mean(axis=0)
    ...     return X_train - mean, X_test - mean
    >>> X = np.arange(12.0).reshape(6, 2)
    >>> check.no_leakage("Only training rows are learned from", scaled, args=(X[:4], X[4:]), test=1,
    ...                  fitted=lambda parts: parts[0])
    ✓ Only training rows are learned from
    """
    positions = {test} if isinstance(test, int) else set(test)

    def find() -> Verdict:
        others = [_moved(arg) if i in positions else copy.deepcopy(arg) for i, arg in enumerate(args)]
        first = _by_value(fitted(func(*copy.deepcopy(args))))
        second = _by_value(fitted(func(*others)))
        if is_remote(first) or first is None:
            return wrong_kind(first, "a plain value")
        found = difference(second, first, rtol=rtol, atol=atol)
        told = "What was learned depends on the test rows."
        return PASS if found is None else fail(told, hint="Fit on the training rows, then transform both.")

    settle(asked, hint, find)


def _by_value(value: Any) -> Any:
    return [plain(item) for item in value] if isinstance(value, list | tuple) else plain(value)


def _moved(rows: Any) -> Any:
    """Return rows with other values: numbers far from where they were, and nowhere a multiple of them."""
    if hasattr(rows, "columns"):
        columns = {name: _moved(rows[name].to_numpy()) for name in rows.columns}
        return type(rows)(columns, index=rows.index)
    if hasattr(rows, "iloc"):
        return type(rows)(_moved(rows.to_numpy()), index=rows.index, name=rows.name)
    if type(rows).__name__ != "ndarray":
        raise JudgeError("Test rows are an array, a Series or a DataFrame.")
    if rows.dtype.kind != "f":
        return rows[::-1].copy()
    import numpy as np

    width = float(np.nanstd(rows)) or 1.0
    return rows + width * (3.0 + ((rows - np.nanmean(rows)) / width) ** 2)


def split(
    asked: str,
    parts: Sequence[Any],
    whole: Any,
    *,
    sizes: Sequence[float] | None = None,
    stratify: Any = None,
    groups: Any = None,
    ordered: bool = False,
    slack: int = 2,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that parts are a proper split: every row of the whole in exactly one of them.

    ``parts`` are arrays or frames of rows, and ``whole`` the rows they were made of (rows must differ from each
    other); or ``parts`` are arrays of row numbers and ``whole`` the number of rows. ``sizes`` are shares, such
    as (0.8, 0.2). ``stratify`` holds a class per row: each part has its share of every class. ``groups`` holds
    a label per row: no group is in two parts. ``ordered`` asks for parts that follow each other in time. Counts
    may be off by ``slack`` rows. A student sees which of these does not hold.

    >>> X, y = np.arange(20.0)[:, None], np.tile([0, 0, 0, 1], 5)
    >>> parts = X[:16], X[16:]
    >>> check.split("A fifth is kept for testing, with all classes", parts, X, sizes=(0.8, 0.2), stratify=y)
    ✓ A fifth is kept for testing, with all classes
    """

    def find() -> Verdict:
        count = whole if isinstance(whole, int) else len(whole)
        numbers = [_row_numbers(plain(part), whole) for part in plain(parts)]
        for found in numbers:
            if isinstance(found, Verdict):
                return found
        everything = [row for part in numbers for row in part]
        if len(set(everything)) < len(everything):
            return fail("A row is in more than one part, or twice in one.")
        if len(everything) != count:
            return fail("Some rows are in no part.")
        return _proportions(numbers, count, sizes, stratify, slack) or _apart(numbers, groups, ordered)

    settle(asked, hint, find)


def _row_numbers(part: Any, whole: Any) -> Any:
    """Return which rows of the whole a part has, or what is wrong with it."""
    import numpy as np

    if is_remote(part) or not hasattr(part, "__len__"):
        return wrong_kind(part, "an array or frame of rows")
    if isinstance(whole, int):
        chosen = np.asarray(part)
        proper = chosen.ndim == 1 and (chosen.dtype.kind in "iu" or chosen.size == 0)
        inside = proper and (chosen.size == 0 or (chosen.min() >= 0 and chosen.max() < whole))
        return chosen.tolist() if inside else fail("A part should be an array of row numbers.")
    places = {row: number for number, row in enumerate(_keys(whole))}
    if len(places) < len(whole):
        raise JudgeError("Some rows of the whole are equal.", hint="Add a column that numbers them.")
    rows = [places.get(row, -1) for row in _keys(part)]
    return fail("A part has rows that the whole has not.") if -1 in rows else rows


def _keys(rows: Any) -> list[Any]:
    """Return something for each row that is equal for equal rows; NaN equals NaN."""
    if hasattr(rows, "itertuples"):
        return [tuple(map(str, row)) for row in rows.itertuples(index=False)]
    import numpy as np

    values = np.asarray(rows)
    return [tuple(map(str, row)) for row in values.reshape(len(values), -1).tolist()]


def _proportions(numbers: Any, count: int, sizes: Any, classes: Any, slack: int) -> Verdict | None:
    if sizes is not None and len(sizes) != len(numbers):
        return fail("The number of parts is not the one asked for.")
    for part, size in zip(numbers, sizes or [], strict=bool(sizes)):
        if abs(len(part) - size * count) > slack:
            told = "A part has not the size asked for."
            return fail(told, f"{told} Expected about {size * count:.0f} rows, found {len(part)}.")
    if classes is None:
        return None
    labels = list(plain(classes))
    for part in numbers:
        for label in sorted(set(labels), key=str):
            share = labels.count(label) / count * len(part)
            if abs(sum(labels[row] == label for row in part) - share) > slack:
                return fail(
                    "A class has another share in a part than in the whole.", hint="Stratify the split."
                )
    return None


def _apart(numbers: Any, groups: Any, ordered: bool) -> Verdict:
    if groups is not None:
        labels = list(plain(groups))
        seen = [{labels[row] for row in part} for part in numbers]
        if sum(map(len, seen)) > len(set().union(*seen)):
            return fail("Rows of one group are in different parts.", hint="Split by group, not by row.")
    ends = [(min(part), max(part)) for part in numbers if part]
    if ordered and any(a[1] > b[0] for a, b in pairwise(ends)):
        return fail("A part has rows from before the end of an earlier part.", hint="Do not shuffle time.")
    return PASS


def probabilities(
    asked: str,
    proba: Any,
    shape: Sequence[int | None] | None = None,
    *,
    atol: float = 1e-5,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that rows are probabilities: numbers from 0 to 1 that sum to one in each row.

    ``proba`` has shape (n, classes); an array (n,) holds probabilities of one class and need not sum to one.
    ``shape`` is the shape asked for, None for any size. A student sees what does not hold.

    >>> check.probabilities("Each row is a distribution", np.array([[0.2, 0.8], [1.0, 0.0]]), (None, 2))
    ✓ Each row is a distribution
    """

    def find() -> Verdict:
        import numpy as np

        values = plain(proba)
        if is_remote(values) or type(values).__name__ not in ("ndarray", "DataFrame", "Series", "list"):
            return wrong_kind(values, "an array of probabilities")
        rows = np.asarray(values)
        if rows.dtype.kind not in "fiub":
            return wrong_kind(values, "an array of numbers")
        wanted = tuple(shape) if shape is not None else (None,) * rows.ndim
        if len(wanted) != rows.ndim or any(w not in (None, n) for w, n in zip(wanted, rows.shape, strict=True)):
            return fail("The shape is not the one asked for.", f"Expected shape {wanted}, found {rows.shape}.")
        if not ((rows >= -atol) & (rows <= 1 + atol)).all():
            return fail("Some values are not between 0 and 1.", hint="Scores become probabilities by softmax.")
        if rows.ndim > 1 and not np.allclose(rows.sum(axis=-1), 1.0, rtol=0, atol=max(atol, 1e-6) * 10):
            return fail("Some rows do not sum to one.", hint="Sum over the classes, which are the columns.")
        return PASS

    settle(asked, hint, find)
