"""Returns of a policy: the judge runs the environment and asks the student's policy for actions only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graders.check.compare import is_remote, plain
from graders.check.metrics import METRICS
from graders.check.scores import Estimate, Goal, Task, verdict
from graders.check.session import Verdict, fail, settle


def returns(
    asked: str,
    policy: Callable[[Any], Any],
    make_env: Callable[[], Any],
    *,
    at_least: float,
    partial: float | None = None,
    episodes: int = 20,
    steps: int = 500,
    seed: int = 0,
    hint: str = "",
    weight: float | None = None,
) -> None:
    """Check that a policy's mean return over whole episodes reaches a target.

    ``policy(observations)`` gets an array with one row per running episode, shape (k, ...), and returns k
    actions. ``make_env()`` makes an environment with Gymnasium's ``reset(seed=)`` and ``step(action)``; it
    stays with the judge, which adds up the rewards itself, undiscounted, for at most ``steps`` steps. Actions
    are one number or one row each, and belong to its ``action_space`` if it has one. Episode i starts from
    ``seed + i``. The interval of the mean is bootstrapped over episodes; a mean that would cost
    marks is judged together with as many episodes again. A student sees the mean return, its interval and the
    target.

    >>> class Walk:  # one step to the right is worth 1; the walk ends at 5
    ...     def reset(self, seed=None):
    ...         self.at = 0
    ...         return np.array([self.at]), {}
    ...     def step(self, action):
    ...         self.at += 1
    ...         return np.array([self.at]), float(action == 1), self.at == 5, False, {}
    >>> def policy(places):
    ...     return np.ones(len(places), int)
    >>> check.returns("The policy walks to the right", policy, Walk, at_least=5)
    ✓ The policy walks to the right
    """
    goal = Goal(at_least, True, partial)
    table = Table(policy, make_env, steps)

    def find() -> Verdict:
        first = table.play(seed, episodes)
        found = first if isinstance(first, Verdict) else _judge(goal, first)
        if isinstance(first, Verdict) or found.passed:
            return found
        more = table.play(seed + episodes, episodes)
        return more if isinstance(more, Verdict) else _judge(goal, first + more)

    settle(asked, hint, find)


def _judge(goal: Goal, totals: list[float]) -> Verdict:
    task = Task(METRICS["mean"])
    estimate = task.estimate(None, totals)
    if not isinstance(estimate, Estimate):
        return estimate
    found = verdict(goal, task, estimate)
    required = f"mean return of at least {goal.target:.4g}"
    problem = "" if found.passed else "The mean return is not there yet."
    return Verdict(found.share, problem, required=required, measured=found.measured, metrics=found.metrics)


@dataclass(frozen=True)
class Table:
    """A policy at play: its episodes run side by side, so that one call asks for all their actions."""

    policy: Callable[[Any], Any]
    make_env: Callable[[], Any]
    steps: int

    def play(self, seed: int, episodes: int) -> list[float] | Verdict:
        """Return the return of each episode, or what is wrong with an action."""
        import numpy as np

        envs = [self.make_env() for _ in range(episodes)]
        seen = [env.reset(seed=seed + i)[0] for i, env in enumerate(envs)]
        totals, running = [0.0] * episodes, list(range(episodes))
        for _ in range(self.steps):
            actions = _actions(self.policy(np.array([seen[i] for i in running])), len(running))
            if isinstance(actions, Verdict):
                return actions
            ended = set()
            for i, action in zip(running, actions, strict=True):
                fitting = _fitting(getattr(envs[i], "action_space", None), action)
                if fitting is None:
                    return fail("An action is none that the environment knows.")
                seen[i], reward, terminated, truncated, _ = envs[i].step(fitting)
                totals[i] += float(reward)
                ended |= {i} if terminated or truncated else set()
            running = [i for i in running if i not in ended]
            if not running:
                break
        return totals


def _actions(chosen: Any, count: int) -> list[Any] | Verdict:
    """Return the actions one by one: numbers, or arrays of numbers for more than one dimension."""
    import numpy as np

    chosen = plain(chosen)
    if is_remote(chosen) or type(chosen).__name__ not in ("ndarray", "list", "tuple"):
        return fail("The policy should return one action per row.", "", "Return an array.")
    try:
        actions = np.asarray(chosen)
    except ValueError:
        return fail("The actions have no regular shape.")
    if actions.ndim == 0 or len(actions) != count or actions.dtype.kind not in "iuf":
        told = "The policy should return one action per row."
        return fail(told, f"{told} It returned shape {actions.shape}, type {actions.dtype}.")
    return [action.item() if action.ndim == 0 else action for action in actions]


def _fitting(space: Any, action: Any) -> Any:
    """Return an action as a space has it, None if it is none; without a space anything is one.

    Gymnasium's Box takes no array that its own type could not hold exactly, such as float64 where it has
    float32; which type it is must not cost anybody marks.
    """
    kind = getattr(getattr(space, "dtype", None), "kind", "")
    if kind == "f" and type(action).__name__ == "ndarray":
        action = action.astype(space.dtype)
    return action if space is None or space.contains(action) else None
