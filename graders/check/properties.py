"""Checks of how a function behaves rather than what it returns.

They ask a student's function like a black box: change what goes in, and look whether what comes out
changes as it must.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

from graders.check.compare import difference, is_remote, kind, plain, short
from graders.check.session import PASS, Verdict, fail, settle, watching_arguments
from graders.errors import GradersError, JudgeError

_CASES = 10


def unchanged(
    asked: str,
    func: Callable[..., Any],
    *,
    args: tuple[Any, ...] = (),
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that a function leaves its arguments (arrays, frames, lists, dicts) as they were.

    A student sees which argument, counted from 1, was changed.

    >>> check.unchanged("`scaled` leaves its input alone", lambda X: X / X.max(), args=(np.arange(3.0),))
    ✓ `scaled` leaves its input alone
    """

    def find() -> Verdict:
        given = copy.deepcopy(args)
        with watching_arguments():
            func(*given)
        changed = [
            i for i, (a, b) in enumerate(zip(given, args, strict=True)) if _comparable(b) and difference(a, b)
        ]
        if not changed:
            return PASS
        return fail(f"Argument {changed[0] + 1} was changed by the call.", hint="Work on a copy.")

    settle(asked, hint, find)


def deterministic(
    asked: str,
    func: Callable[..., Any],
    *,
    args: tuple[Any, ...] = (),
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that two calls with equal arguments return exactly equal results, and any at all.

    A student sees that they differ, not how.

    >>> check.deterministic("The seed decides", lambda seed: np.random.default_rng(seed).random(3), args=(1,))
    ✓ The seed decides
    """

    def find() -> Verdict:
        first = func(*copy.deepcopy(args))
        if first is None:
            return fail("It returned None. Is a `return` missing?")
        second = func(*copy.deepcopy(args))
        if difference(second, first) is None:
            return PASS
        problem = "Two calls with the same arguments gave different results."
        return fail(problem, hint="Is there randomness without a seed?")

    settle(asked, hint, find)


def agrees(
    asked: str,
    func: Callable[..., Any],
    oracle: Callable[..., Any],
    *,
    cases: Iterable[tuple[Any, ...]] | Callable[[int], tuple[Any, ...]],
    rtol: float = 1e-5,
    atol: float = 1e-8,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that a function returns what an oracle does, on small cases.

    ``cases`` are tuples of arguments, or a function ``cases(seed)`` that returns one, called for ten seeds.
    ``oracle`` is slow and plain, or a library's function; both get arguments of their own. Results are
    compared as ``check.close`` does. A student sees the first case that differs and how; of a hidden check
    only that one differs.

    >>> def cases(seed):
    ...     return (np.random.default_rng(seed).normal(size=seed + 1),)
    >>> check.agrees("`mean` is right for any values", lambda v: v.sum() / len(v), np.mean, cases=cases)
    ✓ `mean` is right for any values
    """

    def find() -> Verdict:
        drawn = [cases(seed) for seed in range(_CASES)] if callable(cases) else list(cases)
        for number, args in enumerate(drawn, start=1):
            expected = oracle(*copy.deepcopy(args))
            found = difference(func(*copy.deepcopy(args)), expected, rtol=rtol, atol=atol)
            if found is not None:
                given = ", ".join(short(arg) for arg in args)
                return fail(found.problem, f"{found.shown or found.problem} Case {number}: ({given}).")
        return PASS

    settle(asked, hint, find)


def invariant(
    asked: str,
    func: Callable[..., Any],
    *,
    args: tuple[Any, ...],
    changed: tuple[Any, ...],
    becomes: Callable[[Any], Any] | None = None,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that changed arguments do not change the result, or change it only as they must.

    The result for ``changed`` has to be that for ``args``, or ``becomes(result)`` of it: rows in another order
    give predictions in that order, shifted targets give shifted ones. Compared as ``check.close`` does. A
    student sees that the results do not fit together.

    >>> Z, order = np.array([[0.0, 1.0], [2.0, 2.0]]), [1, 0]
    >>> softmax = lambda Z: np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    >>> check.invariant("A shift of all scores changes nothing", softmax, args=(Z,), changed=(Z + 3,))
    ✓ A shift of all scores changes nothing
    >>> check.invariant("Rows are taken one by one", softmax, args=(Z,), changed=(Z[order],),
    ...                 becomes=lambda shares: shares[order])
    ✓ Rows are taken one by one
    """

    def find() -> Verdict:
        first = _plain_result(func(*copy.deepcopy(args)))
        if isinstance(first, Verdict):
            return first
        expected = first if becomes is None else becomes(first)
        found = difference(func(*copy.deepcopy(changed)), expected, rtol=rtol, atol=atol)
        problem = "The result changes in a way it should not."
        return PASS if found is None else fail(problem, f"{problem} {found.shown}")

    settle(asked, hint, find)


def row_independent(
    asked: str,
    predict: Callable[[Any], Any],
    X: Any,
    *,
    rtol: float = 1e-4,
    atol: float = 1e-5,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that what a row gets does not depend on the rows that come with it.

    ``predict(X)`` gives one result per row of ``X``, an array or frame. It is asked for all rows, for the first
    half, for all in reverse order and for one row alone; float32 models differ by less than the tolerances. A
    student sees that the other rows count.

    >>> check.row_independent("Each row counts by itself", lambda X: X.sum(axis=1), np.eye(4))
    ✓ Each row counts by itself
    """

    def find() -> Verdict:
        import numpy as np

        rows = np.arange(len(X))
        whole = _plain_result(predict(copy.deepcopy(X)))
        if isinstance(whole, Verdict):
            return whole
        if len(whole) != len(X):
            return fail("One result per row was asked for.")
        expected = np.asarray(whole)
        for chosen in (rows[: max(1, len(rows) // 2)], rows[::-1], rows[-1:]):
            part = difference(predict(_rows(X, chosen)), expected[chosen], rtol=rtol, atol=atol)
            if part is not None:
                told = "The result for a row depends on the rows that come with it."
                return fail(told, f"{told} {part.shown}", "Use statistics of the training rows only.")
        return PASS

    settle(asked, hint, find)


def works_on(
    asked: str,
    func: Callable[..., Any],
    cases: dict[str, tuple[Any, ...]],
    *,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that a function copes with unusual input: one row, no rows, a category never seen.

    ``cases`` maps a name to a tuple of arguments. Every call must return as many rows as its first argument
    has, without NaN where there are numbers. A student sees the name of the first case that does not work; of a
    hidden check only that there is one.

    >>> table = np.arange(6.0).reshape(3, 2)
    >>> unusual = {"one row": (table[:1],), "no rows": (table[:0],)}
    >>> check.works_on("`totals` copes with few rows", lambda X: X.sum(axis=1), unusual)
    ✓ `totals` copes with few rows
    """

    def find() -> Verdict:
        for name, args in cases.items():
            problem = _trouble(func, args)
            if problem:
                return fail("It does not cope with some unusual input.", f"With {name}: {problem}")
        return PASS

    settle(asked, hint, find)


def _trouble(func: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """Return what is wrong with a call, empty if nothing is."""
    import numpy as np

    try:
        result = plain(func(*copy.deepcopy(args)))
    except GradersError:
        raise  # ours
    except NotImplementedError:
        raise  # not written yet
    except Exception as error:
        if getattr(error, "graders_ended", False):
            raise  # a kernel that ended says more than this check could
        return f"it raised {getattr(error, 'public_name', type(error).__name__)}."
    if is_remote(result) or not hasattr(result, "__len__"):
        return f"it returned {kind(result)}."
    if len(result) != len(args[0]):
        return f"it returned {len(result)} rows for {len(args[0])}."
    values = np.asarray(result)
    return "it returned NaN." if values.dtype.kind == "f" and np.isnan(values).any() else ""


def gradient(
    asked: str,
    loss: Callable[..., Any],
    gradient: Callable[..., Any] | None = None,
    *,
    at: Any,
    args: tuple[Any, ...] = (),
    step: float = 1e-5,
    rtol: float = 1e-4,
    atol: float = 1e-6,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check a gradient against numeric differences of the student's own loss.

    ``loss(at, *args)`` is a number and ``gradient(at, *args)`` has the shape of ``at``, a float array. Without
    ``gradient``, ``loss`` returns both, (loss, gradient). The judge calls the loss at ``at`` plus and minus
    ``step`` along up to 40 coordinates (central differences). For float32 work take ``step=1e-2, rtol=1e-2``. A
    wrong loss with its own gradient passes: check the loss with ``check.agrees``. A student sees that they do
    not fit.

    >>> loss, slope = lambda w: (w**2).sum(), lambda w: 2 * w
    >>> check.gradient("The gradient is that of the loss", loss, slope, at=np.ones(3))
    ✓ The gradient is that of the loss
    """

    def find() -> Verdict:
        import numpy as np

        point = np.array(at, dtype=float)
        found = plain((gradient or loss)(point.copy(), *copy.deepcopy(args)))
        found = plain(found[1]) if gradient is None and isinstance(found, tuple | list) else found
        if is_remote(found) or np.shape(found) != point.shape:
            told = "The gradient should have the shape of the parameters."
            return fail(told, f"{told} Expected {point.shape}, found {np.shape(found) or kind(found)}.")
        return _numeric(loss, gradient is None, point, args, step, np.asarray(found), rtol, atol)

    settle(asked, hint, find)


def _numeric(
    loss: Any, paired: bool, at: Any, args: Any, step: float, found: Any, rtol: float, atol: float
) -> Verdict:
    import numpy as np

    def value(point: Any) -> float:
        result = plain(loss(point, *copy.deepcopy(args)))
        return float(result[0] if paired else result)

    chosen = np.random.default_rng(0).permutation(at.size)[:40]
    scale = float(np.abs(found).max(initial=0.0))  # a tiny entry beside large ones drowns in rounding
    for index in chosen:
        nudge = np.zeros(at.size)
        nudge[index] = step
        nudge = nudge.reshape(at.shape)
        numeric = (value(at + nudge) - value(at - nudge)) / (2 * step)
        entry = float(found.flat[index])
        if not abs(entry - numeric) <= atol + rtol * max(abs(numeric), scale):
            told = "The gradient is not that of the loss."
            hint = "Check its sign, and whether both are means or both are sums."
            return fail(told, f"{told} Entry {index}: found {entry:.5g}, numerically {numeric:.5g}.", hint)
    return PASS


def _plain_result(result: Any) -> Any:
    """Return a result by value, or the verdict that it is none."""
    value = plain(result)
    if is_remote(value) or value is None:
        told = "A plain value (numbers, an array, a frame) was asked for."
        return fail(told, f"{told} Found {kind(value)}.")
    return value


def _rows(X: Any, chosen: Any) -> Any:
    """Return chosen rows of an array or frame."""
    if hasattr(X, "iloc"):
        return X.iloc[chosen]
    if not hasattr(X, "shape"):
        raise JudgeError("Rows are taken from an array or a DataFrame.")
    return X[chosen]


def _comparable(value: Any) -> bool:
    """Whether a value has content that a comparison sees; an estimator or a function has not."""
    return not hasattr(value, "get_params") and not callable(value)
