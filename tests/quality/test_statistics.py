"""What is said of a threshold: checked against published tables and by drawing."""

import numpy as np
import pytest

from graders.quality.statistics import moments, predicted_rate, tolerance_bound, upper_bound


@pytest.mark.parametrize(("n", "share", "factor"), [(20, 0.99, 3.295), (50, 0.99, 2.862), (10, 0.95, 2.911)])
def test_the_tolerance_limit_has_the_published_factors(n, share, factor):
    values = np.random.default_rng(0).normal(10, 2, n).tolist()
    mean, sd = moments(values)
    bounds = [tolerance_bound(values, 1 - share, lower=lower) for lower in (True, False)]
    assert bounds == pytest.approx([mean - factor * sd, mean + factor * sd], rel=1e-3)


def test_without_a_loss_the_upper_bound_is_the_rule_of_three():
    assert upper_bound(0, 200) == pytest.approx(3 / 200, rel=0.01)
    assert upper_bound(3, 20) == pytest.approx(0.344, abs=1e-3)
    assert upper_bound(5, 5) == 1.0


def test_the_next_draw_misses_as_often_as_predicted():
    draws = np.random.default_rng(1).normal(0.9, 0.01, (5000, 21)).tolist()
    rates = np.array([predicted_rate(row[:20], row[20], higher=True) for row in draws])
    for share in (0.01, 0.1, 0.5, 0.9):
        assert np.mean(rates <= share) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 5000))


@pytest.mark.parametrize(
    ("target", "higher", "rate"), [(0.8, True, 0), (0.95, True, 1), (0.95, False, 0), (0.9, True, 0)]
)
def test_figures_that_never_change_miss_always_or_never(target, higher, rate):
    assert predicted_rate([0.9] * 20, target, higher=higher) == rate
