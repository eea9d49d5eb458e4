"""Policies at play in environments that keep to Gymnasium's protocol, which itself is not installed here."""

import numpy as np
import pytest

from graders import check


class Discrete:
    """Actions 0 to n - 1, as ``gymnasium.spaces.Discrete`` has them: integers and nothing else."""

    dtype = np.dtype(np.int64)

    def __init__(self, n):
        self.n = n

    def contains(self, action):
        return isinstance(action, int | np.integer) and 0 <= action < self.n


class Box:
    """Arrays between bounds, as ``gymnasium.spaces.Box`` has them: no type that does not fit into its own."""

    dtype = np.dtype(np.float32)

    def __init__(self, low, high, shape):
        self.low, self.high, self.shape = low, high, shape

    def contains(self, action):
        action = action if isinstance(action, np.ndarray) else np.asarray(action, self.dtype)
        fits = np.can_cast(action.dtype, self.dtype) and action.shape == self.shape
        return bool(fits and np.all(action >= self.low) and np.all(action <= self.high))


class Balance:
    """Keep a stick upright by pushing left or right: 1 for each step, until it falls or 80 steps are over.

    It has what Gymnasium's environments have: seeds that last, types of numpy, ``options``, and an end
    after which it must not be stepped.
    """

    action_space = Discrete(2)
    observation_space = Box(-np.inf, np.inf, (2,))

    def __init__(self):
        self.rng, self.over = None, True

    def reset(self, *, seed=None, options=None):
        if seed is not None or self.rng is None:
            self.rng = np.random.default_rng(seed)
        self.angle, self.speed = self.rng.uniform(-0.1, 0.1, 2)
        self.steps, self.over = 0, False
        return self._seen(), {"options": options}

    def step(self, action):
        assert not self.over, "an environment is reset before it is stepped again"
        assert self.action_space.contains(action)
        self.speed += 0.1 * self.angle + self._push(action) + self.rng.normal(0, 0.005)
        self.angle += self.speed
        self.steps += 1
        terminated, truncated = np.abs(self.angle) > 1.0, self.steps >= 80
        self.over = bool(terminated or truncated)
        return self._seen(), np.float64(1.0), terminated, truncated, {}

    def _push(self, action):
        return 0.05 * (2 * action - 1)

    def _seen(self):
        return np.array([self.angle, self.speed], dtype=np.float32)


class Steady(Balance):
    """The same, pushed with a force."""

    action_space = Box(-1.0, 1.0, (1,))

    def _push(self, action):
        return 0.05 * float(action[0])


def upright(seen):
    return (seen[:, 0] + 3 * seen[:, 1] < 0).astype(int)


def balancing(seen):
    return np.clip(-8 * (seen[:, :1] + 3 * seen[:, 1:]), -1, 1)


def at_random(seed):
    rng = np.random.default_rng(seed)
    return lambda seen: rng.integers(0, 2, len(seen))


def fails(make_env, policy, **options):
    with pytest.raises(check.CheckFailed) as found:
        check.returns("It stays upright", policy, make_env, at_least=75, **options)
    return str(found.value)


def test_a_good_policy_passes_and_a_random_one_fails_whatever_the_seed():
    for seed in range(50):
        check.returns("It stays upright", upright, Balance, at_least=75, seed=1000 * seed)
        assert "mean return of at least 75" in fails(Balance, at_random(seed), seed=1000 * seed)


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_a_force_may_have_any_precision(kind):
    check.returns("It stays upright", lambda seen: balancing(seen).astype(kind), Steady, at_least=75)


def test_a_force_may_be_whole_numbers():
    check.returns("It stays upright", lambda seen: 2 * upright(seen)[:, None] - 1, Steady, at_least=75)


@pytest.mark.parametrize(
    "policy",
    [
        lambda seen: 2 * balancing(seen) + 1.5,  # beyond the bounds
        lambda seen: balancing(seen)[:, 0],  # numbers where it wants arrays of one
        lambda seen: balancing(seen) * np.nan,
        lambda seen: np.hstack([balancing(seen)] * 2),
    ],
)
def test_a_force_that_the_space_does_not_hold_is_no_action(policy):
    assert "none that the environment knows" in fails(Steady, policy)


def test_a_number_with_a_point_is_no_choice():
    assert "none that the environment knows" in fails(Balance, lambda seen: upright(seen).astype(float))
