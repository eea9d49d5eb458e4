"""Scores with their intervals: thresholds that cost marks only when they are surely missed."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics

from graders import check
from graders.check.scores import METRICS, Goal, bootstrap, wilson
from graders.check.session import RECORDER


class Book:
    """Keeps the verdicts of checks."""

    stopwatch = None

    def __init__(self):
        self.verdicts = []

    def report(self, asked, hint, verdict):
        self.verdicts.append(verdict)


def scored(*args, **options):
    book = Book()
    token = RECORDER.set(book)
    try:
        check.score("It predicts", *args, **options)
    finally:
        RECORDER.reset(token)
    return book.verdicts[0]


RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 200)
TARGETS = RNG.normal(size=200)


def labels(right):
    """Predictions of which the first ``right`` of 200 are right."""
    return np.where(np.arange(200) < right, Y, 1 - Y)


# -- intervals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("right", "n"), [(0, 5), (1, 7), (50, 100), (97, 100), (300, 300)])
def test_wilsons_interval_agrees_with_scipys(right, n):
    expected = binomtest(right, n).proportion_ci(0.95, method="wilson")
    assert wilson(right / n, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_the_bootstrap_interval_holds_the_mean_and_never_changes():
    noise = np.random.default_rng(3).normal(size=400)

    def mean(truth, guess):
        return float(np.mean(truth - guess))

    low, high = bootstrap(mean, noise, np.zeros(400))
    assert (low, high) == bootstrap(mean, noise, np.zeros(400))
    half = 1.96 * noise.std() / 20
    assert low == pytest.approx(noise.mean() - half, abs=0.03)
    assert high == pytest.approx(noise.mean() + half, abs=0.03)


def test_resamples_that_cannot_be_scored_are_left_out():
    def picky(truth, guess):
        if truth.min() == truth.max():
            raise ValueError("one class only")
        return float(np.mean(truth == guess))

    assert bootstrap(picky, np.array([0, 1, 1]), np.array([0, 1, 1])) == (1.0, 1.0)
    with pytest.raises(ValueError, match="no resample"):
        bootstrap(picky, np.array([1, 1]), np.array([1, 1]))


# -- thresholds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("right", "passed"), [(200, True), (180, True), (175, True), (165, False), (0, False)])
def test_a_target_is_missed_only_if_the_whole_interval_misses_it(right, passed):
    verdict = scored(Y, labels(right), at_least=0.9)
    high = binomtest(right, 200).proportion_ci(0.95, method="wilson").high
    assert verdict.passed is passed is bool(high >= 0.9)


def test_errors_are_judged_by_the_lower_end():
    off = TARGETS + RNG.normal(size=200)
    assert scored(TARGETS, off, metric="rmse", at_most=1.0).passed
    assert scored(TARGETS, off, metric="rmse", at_most=0.97).passed
    assert not scored(TARGETS, off, metric="rmse", at_most=0.6).passed


def test_a_small_test_set_is_judged_more_kindly():
    assert scored([0, 1, 1, 0, 1], [0, 1, 1, 0, 0], at_least=0.95).passed
    assert not scored([0, 1, 1, 0, 1] * 40, [0, 1, 1, 0, 0] * 40, at_least=0.95).passed


@pytest.mark.parametrize(
    ("goal", "shares"),
    [
        (Goal(0.9, True), {1.0: 1, 0.9: 1, 0.89: 0}),
        (Goal(0.9, True, 0.5), {0.95: 1, 0.7: 0.5, 0.6: 0.25, 0.5: 0, 0.1: 0}),
        (Goal(2.0, False), {1.0: 1, 2.0: 1, 2.1: 0}),
        (Goal(2.0, False, 4.0), {1.0: 1, 3.0: 0.5, 3.5: 0.25, 4.0: 0, 9.0: 0}),
        (Goal(0.9, True, 0.5), {float("nan"): 0}),
    ],
    ids=str,
)
def test_partial_credit_grows_linearly(goal, shares):
    for value, share in shares.items():
        found = goal.share(value)
        assert (found if found == found else 0) == pytest.approx(share)


def test_a_score_in_the_partial_range_earns_a_part():
    verdict = scored(Y, labels(140), at_least=0.95, partial=0.5)
    high = binomtest(140, 200).proportion_ci(0.95, method="wilson").high
    assert verdict.share == pytest.approx((high - 0.5) / 0.45)
    assert verdict.problem == "The accuracy is not there yet."
    assert verdict.metrics["score"] == 0.7
    assert verdict.metrics["interval"][1] == pytest.approx(high)
    assert "n = 200" in verdict.measured


@pytest.mark.parametrize("targets", [{}, {"at_least": 0.5, "at_most": 0.7}])
def test_exactly_one_target_is_needed(targets):
    with pytest.raises(ValueError, match="exactly one"):
        check.score("It predicts", Y, Y, **targets)


# -- metrics --------------------------------------------------------------------------------------

CHANCES = np.clip(0.5 + 0.3 * (Y - 0.5) + RNG.normal(size=200) / 5, 0.01, 0.99)


@pytest.mark.parametrize(
    ("name", "truth", "guess", "expected"),
    [
        ("accuracy", Y, labels(150), 0.75),
        ("f1", Y, labels(150), metrics.f1_score(Y, labels(150), average="macro")),
        ("rmse", TARGETS, TARGETS + 0.5, 0.5),
        ("mae", TARGETS, TARGETS - 0.25, 0.25),
        ("r2", TARGETS, TARGETS * 0.9, metrics.r2_score(TARGETS, TARGETS * 0.9)),
        ("auc", Y, CHANCES, metrics.roc_auc_score(Y, CHANCES)),
        ("log_loss", Y, CHANCES, metrics.log_loss(Y, CHANCES)),
        ("log_loss", Y, np.c_[1 - CHANCES, CHANCES], metrics.log_loss(Y, CHANCES)),
        ("average_precision", Y, CHANCES, metrics.average_precision_score(Y, CHANCES)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_metrics_by_name(name, truth, guess, expected):
    verdict = scored(truth, guess, metric=name, at_least=-99.0)
    low, high = verdict.metrics["interval"]
    assert verdict.metrics["score"] == pytest.approx(expected)
    assert low <= expected + 1e-9 and expected - 1e-9 <= high
    assert METRICS[name].label in verdict.required


def test_a_function_can_be_the_metric():
    def largest_error(truth, guess):
        return np.abs(truth - guess).max()

    verdict = scored(TARGETS, TARGETS + 0.5, metric=largest_error, at_most=0.6)
    assert verdict.passed
    assert verdict.required == "largest_error of at most 0.6"


def test_a_metric_gets_predictions_in_the_shape_of_the_targets():
    shapes = set()

    def spread(truth, guess):
        shapes.add((truth.shape, guess.shape))
        return 0.0

    scored(TARGETS, TARGETS[:, None].tolist(), metric=spread, at_most=1.0)
    assert shapes == {((200,), (200,))}


# -- predictions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("guess", [Y.tolist(), Y[:, None], Y.astype(float), Y.astype(np.int8)])
def test_predictions_may_be_lists_columns_or_other_numbers(guess):
    assert scored(Y, guess, at_least=0.99).passed


@pytest.mark.parametrize(
    ("guess", "problem"),
    [
        (None, "return"),
        (Y[:-1], "number of predictions"),
        (3, "array of predictions"),
        (range(10**11), "array of predictions"),
        (dict.fromkeys(range(200)), "array of predictions"),
        ("0" * 200, "array of predictions"),
        ([[1]] * 199 + [[1, 2]], "regular shape"),
        (Y[None, :], "number of predictions"),
        (np.where(np.arange(200) == 7, np.nan, Y), "finite"),
        (np.where(np.arange(200) == 7, np.inf, Y), "finite"),
        (np.full(200, "yes"), "another kind"),
        (Y + 0j, "another kind"),
        (np.zeros((200, 3)), "do not fit"),
        (np.full(200, 0.3), "do not fit"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_predictions_that_are_none_are_named_as_such(guess, problem):
    verdict = scored(Y, guess, at_least=0.5)
    assert verdict.share == 0
    assert problem in verdict.problem


@pytest.mark.parametrize("size", [1e3, 1.3e154])
def test_one_absurd_prediction_does_not_widen_the_interval_to_a_pass(size):
    guess = np.zeros(10)
    guess[0] = size
    verdict = scored(np.zeros(10), guess, metric="rmse", at_most=1.0)
    assert verdict.share == 0
    assert np.isfinite([*verdict.metrics.get("interval", ())]).all()


def test_a_metric_that_is_no_number_earns_nothing():
    verdict = scored(TARGETS, np.full(200, 1e200), metric="rmse", at_most=1.0)
    assert verdict.share == 0
    assert "not a number" in verdict.problem


def test_complex_predictions_cancel_no_errors():
    """The square of an imaginary part is negative: it takes away from a mean of squares."""
    y = np.random.default_rng(0).normal(10, 3, 200)
    guess = np.full(200, y.mean()) + 1j * y.std()

    def rmse(y_true, y_pred):
        return float(np.real(np.sqrt(np.mean((y_true - y_pred) ** 2))))

    assert rmse(y, guess) < 0.01
    assert scored(y, guess, metric=rmse, at_most=0.5).share == 0


def test_a_value_far_below_the_target_is_not_at_its_border():
    """Few rows with all the variance: many a draw of rows is without them, and looks perfect."""
    y = np.r_[np.zeros(300), 1e6]
    assert (
        scored(
            y, np.zeros(301), metric=lambda t, p: float(np.mean(t == p) - 2 * (t != p).any()), at_least=0.9
        ).share
        == 0
    )
