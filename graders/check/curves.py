"""Checks of a training history: numbers after each epoch that fall or rise, as a student's code wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graders.check.compare import is_remote, plain, wrong_kind
from graders.check.session import Verdict, fail, settle

_MOST_POINTS = 100_000  # of one curve that are looked at
_KEPT_POINTS = 60  # of one curve that the record keeps, for a drawing
_KEPT_CURVES = 4
_Curves = dict[str, list[float]]


def learns(
    asked: str,
    history: Any,
    *,
    falls: Sequence[str] = (),
    rises: Sequence[str] = (),
    epochs: int | None = None,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that a training history shows learning: curves that end lower, or higher, than they began.

    ``history`` is what ``fit`` of a Keras model returns, a dict of names and numbers after each epoch, or such
    numbers alone, which are then called "loss". The means of the first and the last fifth of a curve are
    compared, so that a bad last epoch is no mistake. ``epochs`` is how many numbers there must be. The feedback
    page draws these curves, and those of the same names after "val_", for a visible check: what a student's
    code says of hidden data is never drawn. A student sees which curve does not go where it should.

    >>> check.learns("The loss falls", {"loss": [2.1, 0.9, 0.5, 0.4], "val_loss": [2.0, 1.1, 0.8, 0.9]},
    ...              falls=["loss"], epochs=4)
    ✓ The loss falls
    """
    wanted = (*falls, *rises) or ("loss",)

    def find() -> Verdict:
        said = _history(history)
        if said is None:
            return wrong_kind(plain(history), "a training history: a dict of lists of numbers")
        curves: _Curves = {}
        for name in wanted:
            values = _numbers(said.get(name))
            if values is None:
                return fail(f"The history has no finite numbers called '{name}'.")
            curves[name] = values
        return _judge(curves, said, set(rises), epochs)

    settle(asked, hint, find)


def _history(history: Any) -> dict[Any, Any] | None:
    """Return the history's curves by name; None if it is no history."""
    inner = history.history if hasattr(history, "history") else history
    found = plain(inner)
    if type(found).__name__ in ("list", "tuple", "ndarray"):
        return {"loss": found}
    return None if is_remote(found) or not isinstance(found, dict) else found


def _numbers(values: Any) -> list[float] | None:
    """Return a curve as finite numbers; None if it is none."""
    import numpy as np

    values = plain(values)
    if is_remote(values) or type(values).__name__ not in ("list", "tuple", "ndarray"):
        return None
    if not 0 < len(values) <= _MOST_POINTS:
        return None
    try:
        curve = np.asarray(values)
    except ValueError:  # no regular shape
        return None
    good = curve.ndim == 1 and curve.dtype.kind in "fiu" and np.isfinite(curve).all()
    return [float(value) for value in curve] if good else None


def _judge(curves: _Curves, said: dict[Any, Any], rises: set[str], epochs: int | None) -> Verdict:
    for name, curve in curves.items():
        if epochs is not None and len(curve) != epochs:
            told = f"The curve '{name}' has not one number after each epoch."
            return fail(told, f"{told} Expected {epochs}, found {len(curve)}.")
    problem, shown = "", ""
    for name, curve in curves.items():
        few = max(1, len(curve) // 5)
        first, last = sum(curve[:few]) / few, sum(curve[-few:]) / few
        up = name in rises
        if not (last > first if up else last < first):
            problem = f"The curve '{name}' does not rise." if up else f"The curve '{name}' does not fall."
            shown = f"{problem} It begins with {first:.3g} and ends with {last:.3g}."
            break
    return Verdict(0.0 if problem else 1.0, problem, shown, metrics={"curves": _kept(curves, said)})


def _kept(curves: _Curves, said: dict[Any, Any]) -> list[Any]:
    """Return what a drawing needs: names of the check's author, and some points of each curve."""
    for name in [f"val_{name}" for name in curves]:
        if (values := _numbers(said.get(name))) is not None:
            curves = {**curves, name: values}
    return [[name, len(curve), _thinned(curve)] for name, curve in list(curves.items())[:_KEPT_CURVES]]


def _thinned(curve: list[float]) -> list[float]:
    last, kept = len(curve) - 1, min(len(curve), _KEPT_POINTS)
    return [curve[round(i * last / max(1, kept - 1))] for i in range(kept)]
