"""Time budgets: time as a multiple of the reference's or of a naive baseline's, run side by side.

Both run in walled kernels of the same kind on the same machine at the same time; what is judged is
the median of paired ratios, so a slow machine slows both. Times are read from outside the kernels, and
cover every process of a sandbox until the result is known to be right. What counts is CPU time, which a
busy machine hardly changes; on a GPU, whose work it does not show, wall time until the work is done.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

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
TOO_NOISY = 4.0  # slowest over fastest reference time that makes the machine no judge of speed

Agreement = Callable[[Any, Any], bool]
Clock = Literal["cpu", "wall"]
Pair = tuple[Spent, Spent]  # of the student's call and of the other's


def faster(
    asked: str,
    func: Callable[..., Any],
    *,
    inputs: Callable[[int], tuple[Any, ...]],
    times: float,
    repeats: int = 5,
    agrees: Agreement | None = None,
    clock: Clock | None = None,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that a function needs at most ``times`` the reference's time.

    ``inputs(seed)`` returns fresh arguments for every repeat; ``agrees(result, reference_result)``
    says whether the timed work was really done, without it both have to be equal but for rounding.
    Seeds start at a number nobody can know, so inputs cannot be recognised. A borderline ratio is measured
    again, and then the most favourable round counts; a round ends when most of its repeats are clear on one
    side. A machine too noisy to measure makes the check ungradable, which costs nobody points. In a notebook,
    where there is no reference, nothing is measured. A student sees the ratio and the limit.

    What counts are the seconds of ``clock``. ``"cpu"`` is the CPU time of all processes, which a busy machine
    hardly changes. ``"wall"`` is the time from sending the call to having its result, with nothing left to
    compute on a GPU: what is queued is waited for. If nothing is said it is ``"wall"`` where the reference
    has a GPU, and else ``"cpu"``.

    >>> check.faster("`total` is fast", sum, inputs=lambda seed: (range(seed),), times=3)
    · `total` is fast (measured when your work is graded)
    """
    within(
        asked,
        func,
        inputs=inputs,
        times=times,
        repeats=repeats,
        agrees=agrees,
        clock=clock,
        hint=hint,
        weight=weight,
    )


def within(
    asked: str,
    func: Callable[..., Any],
    *,
    inputs: Callable[[int], tuple[Any, ...]],
    times: float,
    baseline: Callable[..., Any] | None = None,
    using: tuple[Callable[..., Any], ...] = (),
    repeats: int = 5,
    agrees: Agreement | None = None,
    clock: Clock | None = None,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that a computation stays within a multiple of a naive baseline's time, or the reference's.

    ``baseline`` is a function of the checks cell or of a given cell, written with ``def``; it runs in a walled
    kernel of its own, beside the student's: ``times=0.2`` asks for five times the speed of the plain way.
    Without it, the reference's function of the same name is the measure, as in ``check.faster``. A whole
    computation is a function of the checks cell that gets the functions named in ``using`` first, once the
    student's and once the reference's. ``inputs``, ``agrees``, ``clock`` and the verdict are those of
    ``check.faster``.

    >>> def plain(values):
    ...     return [value**2 for value in values]
    >>> check.within("Squares take half the time of a loop", np.square, baseline=plain, times=0.5,
    ...              inputs=lambda seed: (np.arange(10**6) + seed,))
    · Squares take half the time of a loop (measured when your work is graded)
    """
    if clock not in (None, "cpu", "wall"):
        raise JudgeError(f"There is no clock {clock!r}.", hint='Say clock="cpu" or clock="wall".')
    recorder = RECORDER.get()
    if recorder is None:
        print(f"· {asked} (measured when your work is graded)")
        return
    watch = recorder.stopwatch
    if watch is None:
        raise JudgeError("This judge has no reference kernel to compare times with.")
    rival = "the baseline" if baseline is not None else "the reference"

    def find() -> Verdict:
        wall = (clock or watch.usual_clock()) == "wall"
        race = Race(watch, asked, func, baseline or func, using, inputs, repeats, agrees or _alike, rival, wall)
        return race.judge(times)

    settle(asked, hint, find)


def _alike(result: Any, expected: Any) -> bool:
    if is_remote(expected):
        return is_remote(result)
    return difference(result, expected, rtol=1e-3, atol=1e-6) is None


@dataclass(frozen=True)
class Race:
    """What runs against what, on which inputs."""

    watch: Stopwatch
    asked: str
    func: Callable[..., Any]
    rival: Callable[..., Any]
    using: tuple[Callable[..., Any], ...]
    inputs: Callable[[int], tuple[Any, ...]]
    repeats: int
    agrees: Agreement
    name: str
    wall: bool  # whether wall time decides

    def judge(self, times: float) -> Verdict:
        """Measure rounds until one is clear, and return the verdict."""
        if any(not is_remote(func) and not callable(func) for func in (self.func, *self.using)):
            return fail("This should be a function.")
        rounds: list[tuple[float, float]] = []
        kept: list[Pair] = []
        first = self.watch.first_seed(self.asked)
        for number in range(_ROUNDS):
            pairs = self._round(first + 1000 * number, times)
            if pairs is None:
                return fail("The result of the timed call is not right.")
            kept += pairs
            ratio, spread = self._summary(pairs)
            rounds.append((ratio, spread))
            if spread < TOO_NOISY and not times / _NEAR < ratio < times * _NEAR:
                break
        return _verdict(rounds, times, self._measure, waits=not self.wall and _waits(kept, times))

    def _round(self, seed: int, times: float) -> list[Pair] | None:
        """Time up to ``repeats`` calls after one that warms up; None as soon as a result is not right."""
        pairs: list[Pair] = []
        for number in range(self.repeats + 1):
            pair = self._pair(self.inputs(seed + number))
            if pair is None:
                return None
            pairs += [pair] if number else []
            if self._settled(pairs, times):
                break
        return pairs

    def _settled(self, pairs: list[Pair], times: float) -> bool:
        """Whether most of the round is clear already: its median is on that side, whatever the rest takes."""
        most = self.repeats // 2 + 1
        if len(pairs) < most or self._summary(pairs)[1] >= TOO_NOISY or _waits(pairs, times):
            return False
        ratios = [theirs / ours for theirs, ours in map(self._counted, pairs)]
        slow, quick = (sum(r >= times * _NEAR for r in ratios), sum(r <= times / _NEAR for r in ratios))
        return max(slow, quick) >= most

    def _summary(self, pairs: list[Pair]) -> tuple[float, float]:
        """Return the median of paired ratios, and how far the reference's own times lie apart."""
        seconds = [self._counted(pair) for pair in pairs]
        return median(theirs / ours for theirs, ours in seconds), _spread([ours for _, ours in seconds])

    @property
    def _measure(self) -> str:
        return f"the {'wall ' if self.wall else ''}time of {self.name}"

    def _counted(self, pair: Pair) -> tuple[float, float]:
        """Return the seconds of both that decide; below the floor the other's count as the floor."""
        theirs, ours = (spent.wall if self.wall else spent.cpu for spent in pair)
        return theirs, max(ours, FLOOR_SECONDS)

    def _pair(self, args: tuple[Any, ...]) -> Pair | None:
        """Time one call of both; None if the student's result does not agree with the other's.

        Work that is done after an answer, until it was compared, counts too.
        """
        copied = (*self.using, *copy.deepcopy(args))
        theirs, result = self.watch.student(self.func, copied, synchronise=self.wall)
        using = self.using if self.rival is self.func else ()
        ours, expected = self.watch.reference(self.rival, args, using, synchronise=self.wall)
        if not self.agrees(result, expected):
            return None
        their_rest, our_rest = self.watch.since()
        return theirs.plus(their_rest), ours.plus(our_rest)


def _spread(seconds: list[float]) -> float:
    """Return slowest over fastest, of more than three without the extremes: a median does not see them."""
    ordered = sorted(seconds)
    if len(ordered) > 3:
        ordered = ordered[1:-1]
    return ordered[-1] / ordered[0]


def _waits(pairs: list[Pair], times: float) -> bool:
    """Whether every call took far more time than its CPU time and a busy machine explain."""
    slowest = max(max(ours.wall, FLOOR_SECONDS) for _, ours in pairs)
    allowed = _WAITING * times * slowest + _WAITING_SECONDS
    return all(theirs.wall > max(allowed, _WAITING * theirs.cpu) for theirs, _ in pairs)


def _verdict(rounds: list[tuple[float, float]], times: float, measure: str, *, waits: bool) -> Verdict:
    steady = [ratio for ratio, spread in rounds if spread < TOO_NOISY]
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
        required=f"at most {times:g} times {measure}",
        measured=f"{ratio:.2g} times",
        metrics={"ratio": ratio, "limit": times, "rounds": len(rounds)},
        hint="Is there a loop that one array operation could replace?",
    )
