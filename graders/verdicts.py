"""What an exception in a checks cell means, and how many points the number it gives.

Whose fault it is decides: the student's costs points, ours makes the check ungradable.
"""

from __future__ import annotations

import ast
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from graders.bridge.alarm import Overtime
from graders.bridge.student_errors import StudentEnded, StudentError, StudentTimeout
from graders.bridge.wire import WireError
from graders.check.session import Verdict
from graders.errors import BridgeError, JudgeError
from graders.names import Spoilt, Undefined
from graders.results import Outcome, Record

_OURS = (JudgeError, ImportError, SyntaxError, BridgeError)
# Endings that a student's values can force upon the judge; with none in play they are our own fault.
_FORCED = (MemoryError, RecursionError, WireError, Overtime)
Lines = Mapping[str, tuple[str, list[str]]]  # file in tracebacks -> label and lines of a student's cell


def verdict_of(error: BaseException, unusable: Mapping[str, str], touched: bool, lines: Lines) -> Verdict:
    """Return the verdict for what a checks cell raised.

    ``unusable`` says of names why their answer did not run, ``touched`` whether the cell had asked the
    student's kernel anything.
    """
    while isinstance(error, Spoilt):
        error = error.cause
    told = f"{type(error).__name__}: {error}"
    if isinstance(error, Undefined):
        return _undefined(str(error), unusable)
    if isinstance(error, StudentError):
        return _students(error, told, lines)
    if isinstance(error, AssertionError):
        return Verdict(0.0, "This does not hold.", shown=str(error)[:500] or "This does not hold.")
    if isinstance(error, _FORCED) and touched:
        return _too_much(error)
    if isinstance(error, (*_OURS, *_FORCED)) or not touched:
        staff = "".join(traceback.format_exception(error)[-3:])[-2000:]
        problem = "This check could not be made; a person will look at it."
        return Verdict(0.0, problem, shown=staff, outcome=Outcome.UNGRADABLE)
    return Verdict(0.0, "The value does not fit what the check does with it.", shown=told[:500])


def _undefined(name: str, unusable: Mapping[str, str]) -> Verdict:
    why = unusable.get(name)
    if why:
        return Verdict(0.0, f"`{name}` is not there: {why}", outcome=Outcome.SKIPPED)
    return Verdict(0.0, f"The name `{name}` is not defined. Was it renamed or removed?")


def _students(error: StudentError, told: str, lines: Lines) -> Verdict:
    if isinstance(error, StudentTimeout):
        return Verdict(0.0, str(error), outcome=Outcome.TIMED_OUT)
    if isinstance(error, StudentEnded):
        return Verdict(0.0, "Your code ended the kernel.", outcome=Outcome.CRASHED)
    if error.starved:
        return Verdict(0.0, "Your code needs more memory than it may.", outcome=Outcome.OUT_OF_MEMORY)
    if isinstance(error, NotImplementedError):
        return Verdict(0.0, "This is not written yet.")
    line = _quote(error.where, lines)
    # Which line raised is the student's process's word: after hidden data it may spell that data.
    return Verdict(0.0, f"Your code raised {error.public_name}.", shown=f"{told[:300]}{line}")


def _quote(where: tuple[str, int], known: Lines) -> str:
    """Quote the student's own line; only what they handed in, whatever their process says."""
    label, lines = known.get(where[0], ("", []))
    if not 1 <= where[1] <= len(lines):
        return ""
    return f" in line {where[1]} of `{label}`: `{lines[where[1] - 1].strip()[:100]}`"


def _too_much(error: BaseException) -> Verdict:
    """Return the verdict of a check that a student's value made too hard; the reference's value does not."""
    if isinstance(error, MemoryError):
        problem, outcome = "Checking the value needs too much memory.", Outcome.OUT_OF_MEMORY
    elif isinstance(error, Overtime):
        problem, outcome = "Checking the value takes too long.", Outcome.TIMED_OUT
    else:
        problem, outcome = "The value is too large or too deep for this check.", Outcome.FAILED
    return Verdict(0.0, problem, outcome=outcome)


def bound_by(statement: ast.stmt) -> Iterator[str]:
    """Yield the names a statement binds, or changes a part of."""
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.split(".")[0]
        elif isinstance(node, ast.Name | ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            while isinstance(node, ast.Subscript | ast.Attribute):
                node = node.value
            yield from [node.id] if isinstance(node, ast.Name) else []


def caught_in(tree: ast.Module) -> set[str]:
    """Return the names of classes by which a cell catches exceptions: in ``except``, or given to ``raises``."""
    places: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            places.append(node.type)
        elif isinstance(node, ast.Call) and "raises" in ast.unparse(node.func).lower():
            places += node.args
    return {node.id for place in places for node in ast.walk(place) if isinstance(node, ast.Name)}


def share(value: Any, points: float, *, exact: bool = False) -> float:
    """Return the share of points that the value of a cell's last expression stands for.

    As in nbgrader a number is points and anything else full marks; unlike there a numpy number is a
    number, NaN and negative ones give nothing, and too many points are the most the cell can give.
    """
    if exact:
        return exact_share(repr(value) if isinstance(value, int | float) else "", points)
    number = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        return 1.0
    if points <= 0 or number != number:
        return 0.0
    return min(1.0, max(0.0, float(number) / points))


def exact_share(text: str, points: float) -> float:
    """Return the share that nbgrader gives for a cell's output, of which it reads the text.

    Raises JudgeError for more points than the cell has, with which nbgrader ends grading.
    """
    try:
        number = float(text)
    except ValueError:
        return 1.0
    if number > points:
        raise JudgeError(f"A test gave {number:g} points of {points:g}.", hint="nbgrader stops here, too.")
    return number / points if number >= 0 and points else 1.0


def noisy(records: list[Record], noise: str, harmless: str) -> list[Record]:
    """Return records without their points if anything but harmless noise went to stderr, as in nbgrader."""
    if not noise or (harmless and re.search(harmless, noise)):
        return records
    problem = "Something was written to stderr."
    return [
        replace(record, points=0.0, outcome=Outcome.FAILED, detail=problem) if record.points else record
        for record in records
    ]
