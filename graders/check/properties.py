"""Checks of how a function behaves rather than what it returns."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from graders.check.compare import difference
from graders.check.session import PASS, Verdict, fail, settle, watching_arguments


def unchanged(
    asked: str,
    func: Callable[..., Any],
    *,
    args: tuple[Any, ...] = (),
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that a function leaves its arguments (arrays, frames, lists, dicts) as they were."""

    def find() -> Verdict:
        given = copy.deepcopy(args)
        with watching_arguments():
            func(*given)
        changed = [
            i for i, (a, b) in enumerate(zip(given, args, strict=True)) if _comparable(b) and difference(a, b)
        ]
        return fail(f"Argument {changed[0] + 1} was changed by the call.") if changed else PASS

    settle(asked, hint, find)


def deterministic(
    asked: str,
    func: Callable[..., Any],
    *,
    args: tuple[Any, ...] = (),
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that two calls with equal arguments return equal results, and any at all."""

    def find() -> Verdict:
        first = func(*copy.deepcopy(args))
        if first is None:
            return fail("It returned None. Is a `return` missing?")
        second = func(*copy.deepcopy(args))
        same = difference(second, first) is None
        return PASS if same else fail("Two calls with the same arguments gave different results.")

    settle(asked, hint, find)


def _comparable(value: Any) -> bool:
    """Whether a value has content that a comparison sees; an estimator or a function has not."""
    return not hasattr(value, "get_params") and not callable(value)
