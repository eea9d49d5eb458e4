"""Instructor code that must live in the student's process: a spy, a tiny model to train, a stand-in.

A student's function may want an object that cannot cross the bridge, such as a Keras model or an
estimator that counts the rows it sees. A probe makes it where the student's code runs.
"""

from __future__ import annotations

import ast
import builtins
import dis
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from graders.check.session import RECORDER
from graders.errors import JudgeError


def probe(function: Callable[..., Any]) -> Any:
    """Let a function of a checks cell run where the student's code runs, and return a handle to it there.

    Its text is sent, without its comments, and belongs to the student from then on: it may hold no secret,
    and what it reports is an answer like any other, to be compared with what must be so. It sees
    nothing of the cell: what it needs it imports or is given. Prefer a question that needs no probe,
    such as ``check.no_leakage``. In a notebook the function stays as it is. Raises JudgeError for a
    function that uses other names than its own.

    >>> @check.probe
    ... def spy():
    ...     from sklearn.dummy import DummyClassifier
    ...     class Spy(DummyClassifier):
    ...         def fit(self, X, y):
    ...             self.rows_ = len(X)
    ...             return super().fit(X, y)
    ...     return Spy()
    >>> check.equal("The model is fitted on four rows", spy().fit([[0]] * 4, [0] * 4).rows_, 4)
    ✓ The model is fitted on four rows
    """
    recorder = RECORDER.get()
    if recorder is None:
        return function
    return recorder.define(function.__name__, _text(function))


def _text(function: Callable[..., Any]) -> str:
    """Return a function's text without decorators and comments; it must stand on its own."""
    code = getattr(function, "__code__", None)
    if code is None or function.__name__ == "<lambda>":
        raise JudgeError("A probe is a function, made with def.")
    others = sorted({*code.co_freevars, *_globals(code)} - set(dir(builtins)))
    if others:
        raise JudgeError(
            f"The probe {function.__name__!r} uses {', '.join(others)} of the checks cell.",
            hint="Import it inside the probe, or pass it as an argument.",
        )
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    tree.body[0].decorator_list.clear()  # type: ignore[attr-defined]
    return ast.unparse(tree)


def _globals(code: CodeType) -> Iterator[str]:
    """Yield the global names that a function, and functions and classes within it, use."""
    steps = list(dis.get_instructions(code))
    made = {"__name__", *(step.argval for step in steps if step.opname == "STORE_NAME")}
    for step in steps:
        if step.opname.endswith("_GLOBAL") or (step.opname == "LOAD_NAME" and step.argval not in made):
            yield str(step.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals(constant)
