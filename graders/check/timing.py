"""Time budgets: CPU time of a student's function as a multiple of the reference's, run side by side.

Both run in walled kernels of the same kind on the same machine at the same time; what is judged is
the median of paired ratios, so a slow machine slows both. Times are read from outside the kernels, and
cover every process of a sandbox until the result is known to be right.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from statistics import median
from typing import Any

from graders.check.compare import difference, is_remote
from graders.check.session import RECORDER, Spent, Stopwatch, Verdict, fail, settle
from graders.errors import JudgeError
from graders.results import Outcome

# Below this many CPU seconds a call is mostly the cost of asking; no budget is tighter than that.
FLOOR_SECONDS = 0.02
_NEAR = 1.3  # ratios within this factor of the limit are measured again
_ROUNDS = 3
# Wall time decides only if even the fastest call took so much longer than the slowest of the reference
# (factor, seconds) and its CPU time does not explain it: whoever waits lets somebody else work.
_WAITING, _WAITING_SECONDS = 3.0, 1.0
_TOO_NOISY = 4.0  # slowest over fastest reference time that makes the machine no judge of speed


def faster(
    asked: str,
    func: Callable[..., Any],
    *,
    inputs: Callable[[int], tuple[Any, ...]],
    times: float,
    repeats: int = 5,
    agrees: Callable[[Any, Any], bool] | None = None,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that a function needs at most ``times`` the reference's CPU seconds.

    ``inputs(seed)`` returns fresh arguments for every repeat; ``agrees(result, reference_result)``
    says whether the timed work was really done, without it both have to be equal but for rounding.
    Seeds start at a number nobody can know, so inputs cannot be recognised. A borderline ratio is
    measured again, and then the most favourable round counts. In a notebook, where there is no
    reference, nothing is measured.
    """
    recorder = RECORDER.get()
    if recorder is None:
        print(f"· {asked} (measured when your work is graded)")
        return
    watch = recorder.stopwatch
    if watch is None:
        raise JudgeError("This judge has no reference kernel to compare times with.")
    settle(asked, hint, lambda: _judge(watch, asked, func, inputs, times, repeats, agrees or _alike))


Pair = tuple[Spent, Spent]  # of the student's call and of the reference's


def _alike(result: Any, expected: Any) -> bool:
    if is_remote(expected):
        return is_remote(result)
    return difference(result, expected, rtol=1e-3, atol=1e-6) is None


def _judge(
    watch: Stopwatch,
    asked: str,
    func: Any,
    inputs: Callable[[int], tuple[Any, ...]],
    times: float,
    repeats: int,
    agrees: Callable[[Any, Any], bool],
) -> Verdict:
    if not is_remote(func) and not callable(func):
        return fail("This should be a function.")
    rounds: list[tuple[float, float]] = []
    kept: list[Pair] = []
    first = watch.first_seed(asked)
    for number in range(_ROUNDS):
        pairs = [_pair(watch, func, inputs(first + 1000 * number + i), agrees) for i in range(repeats + 1)]
        if any(pair is None for pair in pairs):
            return fail("The result of the timed call is not right.")
        kept += [pair for pair in pairs[1:] if pair is not None]  # the first warms up
        rounds.append(_summary(kept[-repeats:]))
        ratio, spread = rounds[-1]
        if spread < _TOO_NOISY and not times / _NEAR < ratio < times * _NEAR:
            break
    return _verdict(rounds, times, waits=_waits(kept, times))


def _pair(
    watch: Stopwatch, func: Any, args: tuple[Any, ...], agrees: Callable[[Any, Any], bool]
) -> Pair | None:
    """Time one call of both; None if the student's result does not agree with the reference's.

    Work that the student's processes do after their answer, until it was compared, counts too.
    """
    theirs, result = watch.student(func, copy.deepcopy(args))
    ours, expected = watch.reference(func, args)
    if not agrees(result, expected):
        return None
    return theirs._replace(cpu=theirs.cpu + watch.since()), ours


def _summary(pairs: list[Pair]) -> tuple[float, float]:
    """Return the median of paired ratios, and how far the reference's own times lie apart."""
    ours = [max(reference.cpu, FLOOR_SECONDS) for _, reference in pairs]
    ratios = [theirs.cpu / reference for (theirs, _), reference in zip(pairs, ours, strict=True)]
    return median(ratios), max(ours) / min(ours)


def _waits(pairs: list[Pair], times: float) -> bool:
    """Whether every call took far more time than its CPU time and a busy machine explain."""
    slowest = max(max(ours.wall, FLOOR_SECONDS) for _, ours in pairs)
    allowed = _WAITING * times * slowest + _WAITING_SECONDS
    return all(theirs.wall > max(allowed, _WAITING * theirs.cpu) for theirs, _ in pairs)


def _verdict(rounds: list[tuple[float, float]], times: float, *, waits: bool) -> Verdict:
    steady = [ratio for ratio, spread in rounds if spread < _TOO_NOISY]
    if not steady:
        return Verdict(0.0, problem="The machine was too busy to measure times.", outcome=Outcome.UNGRADABLE)
    ratio = min(steady)
    passed = ratio <= times and not waits
    problem = (
        "The function waits instead of working." if waits else "The function needs more time than its budget."
    )
    return Verdict(
        1.0 if passed else 0.0,
        problem="" if passed else problem,
        required=f"at most {times:g} times the time of the reference",
        measured=f"{ratio:.2g} times",
        metrics={"ratio": ratio, "limit": times, "rounds": len(rounds)},
    )
