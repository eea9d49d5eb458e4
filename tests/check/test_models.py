"""Checks of networks, figures, densities and policies, on small models of their own."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity

from graders import check

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 3)).astype("f4")


def fails(make, *args, **options):
    with pytest.raises(check.CheckFailed) as found:
        make("It is so", *args, **options)
    return str(found.value)


# -- networks (Keras itself is asked in test_remote.py) ---------------------------------------------


def test_output_shapes_of_any_batch():
    check.output_shape("It is so", lambda X: X @ np.ones((3, 2)), X, (2,))
    check.output_shape("It is so", lambda X: X.sum(axis=1), X, ())
    check.output_shape("It is so", lambda X: np.ones((len(X), 7, 2)), X, (None, 2))
    wrong = fails(check.output_shape, lambda X: np.squeeze(X @ np.ones((3, 1))), X, (1,))
    assert "Expected shape (1, 1) for 1 rows" in wrong or "an array" in wrong
    assert "for 2 rows, found (5, 2)" in fails(
        check.output_shape, lambda X: np.ones((max(1, 5 * (len(X) > 1)), 2)), X, (2,)
    )


def test_parameters_are_counted():
    weights = [np.ones((3, 4)), np.ones(4)]
    check.parameters("It is so", weights, exactly=16)
    check.parameters("It is so", weights, at_least=10, at_most=20)
    assert "Expected 15 parameters, found 16" in fails(check.parameters, weights, exactly=15)
    assert "at least 10 and at most 12" in fails(check.parameters, weights, at_least=10, at_most=12)


class Layer:
    def __init__(self):
        self.values = np.zeros(2)

    def get_weights(self):
        return [self.values.copy()]


class Model:
    def __init__(self):
        self.layers = {"base": Layer(), "head": Layer()}

    def get_layer(self, name):
        return self.layers[name]

    def train(self, *names):
        for name in names:
            self.layers[name].values += 1


@pytest.mark.parametrize(
    ("trained", "problem"),
    [(("head",), ""), (("base", "head"), "frozen layer was changed"), ((), "should learn was not changed")],
)
def test_frozen_layers_stay_and_others_learn(trained, problem):
    model = Model()
    options = {"layers": ["base"], "moving": ["head"]}
    if problem:
        assert problem in fails(check.frozen, model, lambda: model.train(*trained), **options)
    else:
        check.frozen("It is so", model, lambda: model.train(*trained), **options)


def test_dropout_is_for_training_only():
    def noisy(X, training=False):
        return X * (RNG.random(X.shape) < 0.5)

    assert "Two predictions" in fails(check.dropout, noisy, X)
    assert "Nothing is random" in fails(check.dropout, lambda X, training=False: X, X)
    assert "Nothing is random" in fails(check.dropout, lambda X, training=False: X * (2 - training), X)
    check.dropout("It is so", lambda X, training=False: noisy(X) if training else X, X)


# -- figures --------------------------------------------------------------------------------------

N = np.arange(1.0, 6.0)


@pytest.fixture
def ax():
    _, axes = plt.subplots()
    axes.plot(N, N**2, label="squares")
    axes.scatter(N, -N)
    axes.set(xlabel="n", ylabel="Value", title="Powers of n", yscale="log")
    axes.legend()
    yield axes
    plt.close("all")


@pytest.mark.parametrize(
    "options",
    [
        {"lines": [(N, N**2)]},
        {"lines": [(None, N**2)]},
        {"points": [(N, -N)]},
        {"points": [(N, N**2)]},
        {"xlabel": True, "ylabel": "value", "title": "powers", "legend": ["Squares"], "yscale": "log"},
        {"legend": True, "xscale": "linear"},
    ],
)
def test_what_is_drawn_is_found(ax, options):
    check.figure("It is so", ax, **options)
    check.figure("It is so", ax.figure, **options)
    check.figure("It is so", (ax.figure, ax), **options)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"lines": [(N, N**2), (N, N**3)]}, "A line that was asked for is not there"),
        ({"lines": [(N[:3], N[:3] ** 2)]}, "A line"),
        ({"points": [(N, N)]}, "A set of points"),
        ({"bars": [1.0]}, "There are no bars"),
        ({"title": "squares"}, "should name 'squares'"),
        ({"legend": ["cubes"]}, "misses 'cubes'"),
        ({"xscale": "log"}, "Expected log, found linear"),
    ],
)
def test_what_is_missing_is_named(ax, options, problem):
    assert problem in fails(check.figure, ax, **options)


def test_bars_count_from_left_to_right_and_labels_are_needed():
    _, axes = plt.subplots()
    axes.bar([2, 0, 1], [5.0, 3.0, 4.0])
    check.figure("It is so", axes, bars=[3, 4, 5])
    assert "Expected [5, 4, 3], found [3.0, 4.0, 5.0]" in fails(check.figure, axes, bars=[5, 4, 3])
    assert "x-axis needs a label" in fails(check.figure, axes, xlabel=True)
    assert "There is no legend" in fails(check.figure, axes, legend=True)
    plt.close("all")


@pytest.mark.parametrize("nothing", [None, 3, "plot.png", (), [1, 2]])
def test_what_is_no_figure_is_named(nothing):
    assert "Axes or a Figure" in fails(check.figure, nothing, xlabel=True)


# -- densities ------------------------------------------------------------------------------------

ROWS = np.concatenate([RNG.normal(-2, 0.5, (300, 2)), RNG.normal(2, 1.0, (300, 2))])
MIXTURE = GaussianMixture(2, random_state=0).fit(ROWS[::2])
HELD = ROWS[1::2]
REFERENCE = MIXTURE.score_samples(HELD)


@pytest.mark.parametrize(
    "good", [MIXTURE.score_samples, KernelDensity(bandwidth=0.4).fit(ROWS[::2]).score_samples]
)
def test_a_density_close_to_the_reference_is_good_enough(good):
    check.density("It is so", good, HELD, reference=REFERENCE, at_least=-0.1)


@pytest.mark.parametrize(
    ("density", "problem"),
    [
        (GaussianMixture(1).fit(ROWS[::2]).score_samples, "not there yet"),
        (lambda X: MIXTURE.score_samples(X) + 1.0, "does not integrate to one"),
        (lambda X: np.full(len(X), 50.0), "does not integrate to one"),
        (lambda X: np.where(np.arange(len(X)) % 50 == 0, 1e6, -20.0), "does not integrate to one"),
        (lambda X: np.full(len(X), -np.inf), "not finite"),
        (lambda X: MIXTURE.score_samples(X)[:, None], "One log density per row"),
        (lambda X: None, "One log density per row"),
    ],
)
def test_what_is_no_good_density_is_named(density, problem):
    assert problem in fails(check.density, density, HELD, reference=REFERENCE, at_least=-0.1)


def test_a_density_in_ten_dimensions_is_measured_too():
    rows = RNG.normal(size=(500, 10))
    normal = GaussianMixture(1, covariance_type="diag").fit(rows[:250])
    check.density("It is so", normal.score_samples, rows[250:], at_least=-15.5)
    inflated = fails(check.density, lambda X: normal.score_samples(X) + 1, rows[250:], at_least=-15.5)
    assert "does not integrate to one" in inflated


# -- policies -------------------------------------------------------------------------------------


class Discrete:
    def contains(self, action):
        return action in (0, 1)


class Corridor:
    """Right is worth 1 with some luck; the walk ends after ten steps."""

    action_space = Discrete()

    def reset(self, seed=None):
        self.rng, self.step_number = np.random.default_rng(seed), 0
        return np.zeros(2), {}

    def step(self, action):
        self.step_number += 1
        reward = float(action == 1) * self.rng.random() * 2
        return np.full(2, self.step_number), reward, self.step_number == 10, False, {}


def right(seen):
    return np.ones(len(seen), dtype=int)


def test_a_policys_returns_are_added_up_by_the_judge():
    check.returns("It is so", right, Corridor, at_least=9.0)
    check.returns("It is so", lambda seen: right(seen).tolist(), Corridor, at_least=9.0)
    message = fails(check.returns, lambda seen: right(seen) * (seen[:, 0] < 5), Corridor, at_least=9.0)
    assert "mean return of at least 9" in message
    assert "n = 40" in message  # as many episodes again before it costs marks


def test_a_policy_sees_all_running_episodes_at_once_and_a_few_steps_only_if_told_so():
    seen = []

    def policy(rows):
        seen.append(rows.shape)
        return right(rows)

    check.returns("It is so", policy, Corridor, at_least=3.0, episodes=7, steps=4)
    assert seen == [(7, 2)] * 4
    seen.clear()
    check.returns("It is so", policy, Corridor, at_least=3.0, episodes=7)
    assert seen == [(7, 2)] * 10  # what ended is asked for no more


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (lambda seen: right(seen) * 2, "none that the environment knows"),
        (lambda seen: np.full(len(seen), np.nan), "none that the environment knows"),
        (lambda seen: 1, "one action per row"),
        (lambda seen: right(seen)[:-1], "one action per row"),
        (lambda seen: ["right"] * len(seen), "one action per row"),
        (lambda seen: None, "one action per row"),
    ],
)
def test_what_is_no_action_is_named(policy, problem):
    assert problem in fails(check.returns, policy, Corridor, at_least=9.0)
