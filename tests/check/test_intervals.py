"""Intervals: they hold the truth as often as they say, for few rows, at the ends, and where rows depend."""

from itertools import combinations_with_replacement
from math import exp

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import betabinom, binom, binomtest, norm, t

from graders.check.intervals import Dependence, bootstrap, over_seeds, proportion_interval, wilson
from graders.errors import JudgeError

ROUNDS = 200
ALARM = 1e-4  # how often a test of intervals that keep their word would fail, were its seeds drawn anew
# How often bootstrap intervals hold the mean of so many normal rows. Student's interval would in 95% of all
# cases; 400 resamples do not reach as far out as five rows ask for. Source: bench/intervals.py, which measures
# it over 20,000 data sets (standard error 0.002).
BOOTSTRAP_HOLDS = {5: 0.911, 10: 0.940, 30: 0.947, 200: 0.944}


def mean_interval(values, dependence=None, resamples=200):
    dependence = dependence or Dependence()
    units = dependence.units(len(values))

    def draw(rng):
        return dependence.draw(len(values), units, rng)

    return bootstrap(lambda rows: values[rows].mean(), draw, len(units), resamples)


def coverage(make, truth, rounds=ROUNDS):
    """How often intervals hold the truth, over seeded rounds."""
    found = [make(np.random.default_rng([7, seed])) for seed in range(rounds)]
    return np.mean([low <= truth <= high for low, high in found])


def least(stated, rounds=ROUNDS):
    """The share of rounds that intervals with this coverage stay above, but for ALARM (binomial)."""
    return binom.ppf(ALARM, rounds, stated) / rounds


# -- proportions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("right", "n"), [(0, 5), (1, 7), (50, 100), (97, 100), (300, 300)])
def test_wilsons_interval_agrees_with_scipys(right, n):
    expected = binomtest(right, n).proportion_ci(0.95, method="wilson")
    assert wilson(right / n, n) == pytest.approx((expected.low, expected.high), abs=1e-12)
    hits = np.arange(n) < right
    assert proportion_interval(hits, Dependence()) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_rows_that_do_not_count_do_not_narrow_the_interval():
    hits = np.array([1.0, 0.0, 1.0, 1.0] + [np.nan] * 96)
    assert proportion_interval(hits, Dependence()) == wilson(0.75, 4)
    assert proportion_interval(np.full(9, np.nan), Dependence()) == (0.0, 1.0)


def outcomes(groups, rows):
    """All that groups of so many rows can show, each with its chance; a group's rate is a draw of Beta(4, 1).

    The order of groups changes no interval, so each set of counts stands for all its orders (multinomial).
    """
    chances = betabinom(rows, 4, 1).logpmf(np.arange(rows + 1))
    for counts in combinations_with_replacement(range(rows + 1), groups):
        ways = gammaln(groups + 1) - gammaln(np.bincount(counts) + 1).sum()
        yield (np.arange(rows) < np.array(counts)[:, None]).ravel(), exp(ways + chances[list(counts)].sum())


def exact_coverage(groups, rows, dependence):
    """How often the interval holds the mean, 0.8, from all outcomes there are: nothing is drawn."""
    found = [(proportion_interval(hits, dependence), chance) for hits, chance in outcomes(groups, rows)]
    assert sum(chance for _, chance in found) == pytest.approx(1.0)
    return sum(chance for (low, high), chance in found if low <= 0.8 <= high)


@pytest.mark.parametrize(("groups", "rows"), [(5, 10), (8, 5), (12, 4), (40, 2)])
def test_grouped_proportions_hold_the_truth_as_often_as_they_say(groups, rows):
    labels = np.repeat(np.arange(groups), rows)
    assert exact_coverage(groups, rows, Dependence(groups=labels)) >= 0.93


def test_wilsons_interval_alone_is_too_narrow_for_rows_that_depend():
    assert exact_coverage(5, 10, Dependence()) < 0.85


def test_groups_that_are_all_right_or_all_wrong_count_once_each():
    labels = np.repeat(np.arange(6), 50)
    assert proportion_interval(np.ones(300), Dependence(groups=labels))[0] < 0.65
    assert proportion_interval(np.zeros(300), Dependence(groups=labels))[1] > 0.35


# -- means ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [5, 10, 30, 200])
def test_the_bootstrap_holds_the_mean_of_few_rows_too(n):
    held = coverage(lambda rng: mean_interval(rng.normal(size=n), resamples=400), 0.0, rounds=400)
    assert held >= least(BOOTSTRAP_HOLDS[n], rounds=400)


def test_the_bootstrap_is_as_wide_as_students_interval():
    """The expanded percentile interval is made to be that, so unlike a plain one it suits few rows."""
    values = norm.ppf((np.arange(12) + 0.5) / 12)
    low, high = mean_interval(values, resamples=20_000)
    half = t.ppf(0.975, 11) * values.std(ddof=1) / np.sqrt(12)
    assert (low, high) == pytest.approx((-half, half), rel=0.04)


def test_the_bootstrap_never_changes():
    values = np.random.default_rng(3).normal(size=400)
    low, high = mean_interval(values)
    assert (low, high) == mean_interval(values)
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.03)


def test_groups_are_drawn_whole():
    def values(rng):
        return rng.normal(size=(20, 1)).repeat(10, axis=1).ravel()

    labels = np.repeat(np.arange(20), 10)
    assert coverage(lambda rng: mean_interval(values(rng), Dependence(groups=labels)), 0.0) >= 0.91
    assert coverage(lambda rng: mean_interval(values(rng)), 0.0) < 0.6


def test_blocks_of_a_time_series_hold_the_mean_where_single_rows_do_not():
    def series(rng):
        noise = rng.normal(size=450)
        for i in range(1, 450):
            noise[i] += 0.8 * noise[i - 1]
        return noise[50:]

    assert coverage(lambda rng: mean_interval(series(rng), Dependence(block=25)), 0.0) >= 0.85
    assert coverage(lambda rng: mean_interval(series(rng)), 0.0) < 0.6


def test_halves_vary_as_whole_samples_do():
    values = np.random.default_rng(5).normal(size=300)
    dependence, rng = Dependence(), np.random.default_rng(0)
    units = dependence.units(300)
    means = [values[dependence.half(units, rng)].mean() for _ in range(2000)]
    assert np.std(means) == pytest.approx(values.std() / np.sqrt(300), rel=0.06)


def test_resamples_that_cannot_be_scored_are_left_out_unless_they_are_most():
    def one_class(share):
        def statistic(rows):
            if rows[0] < share:
                raise ValueError("one class only")
            return float("nan") if rows[1] < share else 1.0

        return statistic

    assert bootstrap(one_class(1), lambda rng: rng.integers(0, 10, 2), 10) == (1.0, 1.0)
    with pytest.raises(ValueError, match="too few"):
        bootstrap(one_class(5), lambda rng: rng.integers(0, 10, 2), 10)


def test_one_unit_says_nothing():
    with pytest.raises(JudgeError, match="two independent"):
        Dependence(groups=np.zeros(50)).units(50)


# -- seeds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("between", [0.0, 0.01, 0.05])
def test_the_mean_over_seeds_holds_the_truth_however_much_seeds_matter(between):
    def interval(rng):
        scores = rng.binomial(500, np.clip(0.9 + between * rng.normal(size=5), 0, 1)) / 500
        return over_seeds(list(scores), [wilson(score, 500) for score in scores])

    assert coverage(interval, 0.9) >= 0.92


def test_equal_scores_leave_the_doubt_of_their_rows():
    low, high = over_seeds([0.9] * 4, [(0.8, 0.94)] * 4)
    assert (low, high) == pytest.approx((0.85, 0.92))
