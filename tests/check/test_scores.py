"""Scores with their intervals: thresholds that cost marks only when they are surely missed."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest, nct, t
from sklearn import metrics

from graders import check
from graders.check.intervals import wilson
from graders.check.metrics import METRICS, find_metric
from graders.check.scores import Goal
from graders.check.session import RECORDER
from graders.errors import JudgeError


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
    with pytest.raises(JudgeError, match="exactly one"):
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


# -- against a baseline ---------------------------------------------------------------------------


@pytest.mark.parametrize(("error", "passed"), [(0.3, True), (0.45, True), (0.7, False), (0.95, False)])
def test_a_forecast_is_measured_in_errors_of_the_naive_one(error, passed):
    noise = RNG.choice([-1.0, 1.0], 200) * RNG.uniform(0.9, 1.1, 200)
    verdict = scored(
        TARGETS, TARGETS + error * noise, metric="mae", baseline=TARGETS + noise, at_most=0.5, block=7
    )
    assert verdict.passed is passed
    assert verdict.metrics["score"] == pytest.approx(error)
    assert verdict.metrics["baseline"] == pytest.approx(np.abs(noise).mean())
    assert verdict.required == "MAE of at most 0.5 times that of the baseline"


def test_a_ratio_on_the_same_rows_is_sharper_than_the_scores_are():
    guess = np.where(RNG.random(2000) < 0.8, np.tile(Y, 10), -1)  # reference and student err on the same rows
    verdict = scored(np.tile(Y, 10), guess, baseline=guess, at_least=1.0)
    assert verdict.metrics["interval"] == [1.0, 1.0]
    worse = np.where(np.arange(2000) % 25 == 0, -1, guess)
    low, high = scored(np.tile(Y, 10), worse, baseline=guess, at_least=1.0).metrics["interval"]
    assert high < 0.98 and high - low < 0.03


def test_a_difference_serves_where_a_ratio_means_nothing():
    worse = TARGETS + RNG.normal(size=200) * 3
    with pytest.raises(JudgeError, match="R²"):
        scored(TARGETS, TARGETS, metric="r2", baseline=worse, at_least=1.0)
    verdict = scored(TARGETS, TARGETS, metric="r2", baseline=worse, at_least=0.5, by="difference")
    assert verdict.passed and "minus that of the baseline" in verdict.required


@pytest.mark.parametrize("options", [{"by": "difference"}, {"by": "times", "baseline": Y}])
def test_a_comparison_that_cannot_be_made_is_our_fault(options):
    with pytest.raises(JudgeError, match="by="):
        scored(Y, Y, at_least=0.5, **options)


# -- how often a verdict is wrong ---------------------------------------------------------------------


ROUNDS = 150
ALARM = 1e-4  # how often one of these tests of right verdicts would fail, were its seeds drawn anew


def chance_to_pass(accuracy):
    """The exact chance to pass a target of 0.9 on 200 rows: that Wilson's upper end is not below it."""
    hits = np.array([k for k in range(201) if wilson(k / 200, 200)[1] >= 0.9])
    return binom.pmf(hits, 200, accuracy).sum()


def expected_shares(accuracy):
    """The least and the largest share of rounds that pass, but for ALARM (binomial)."""
    return binom.ppf([ALARM / 2, 1 - ALARM / 2], ROUNDS, chance_to_pass(accuracy)) / ROUNDS


def share_passed(accuracy, seeds):
    """How often a model of this true accuracy passes a target of 0.9 on 200 hidden rows."""
    truth, passed = np.zeros(200, int), []
    for number in range(ROUNDS):
        rng = np.random.default_rng([3, number])

        def draw(seed, rng=rng):
            return truth, (rng.random(200) >= accuracy).astype(int)

        passed.append(scored(draw, at_least=0.9, seeds=seeds).passed)
    return np.mean(passed)


def test_a_model_a_little_above_the_target_keeps_its_mark_and_one_far_below_does_not():
    assert binom.cdf(179, 200, 0.91) > 0.25  # what a comparison with the bare score would cost
    assert chance_to_pass(0.91) > 0.99
    assert chance_to_pass(0.78) < 0.01


@pytest.mark.parametrize("accuracy", [0.91, 0.86, 0.78])
def test_one_draw_passes_as_often_as_its_interval_says(accuracy):
    low, high = expected_shares(accuracy)
    assert low <= share_passed(accuracy, seeds=1) <= high


def chance_to_pass_later(accuracy):
    """A bound of the chance that draws after the first make a model pass, if they say what all draws say.

    After three and five draws the rows' interval is at most as wide as the widest of one draw by the root of
    their number (binomial); after five Student's interval counts too (noncentral t, of scores nearly normal).
    """
    widest = max(wilson(k / 200, 200)[1] - k / 200 for k in range(201))
    needed = {draws: np.ceil(200 * draws * (0.9 - widest / np.sqrt(draws))) for draws in (3, 5)}
    by_rows = sum(binom.sf(hits - 1, 200 * draws, accuracy) for draws, hits in needed.items())
    distance = (accuracy - 0.9) / np.sqrt(accuracy * (1 - accuracy) / 200 / 5)
    return by_rows + nct.sf(-t.ppf(0.975, 4), 4, distance)


def test_further_draws_save_good_work_and_no_bad_work():
    """A first draw that passes is enough, so a good model only gains; one far below gains nearly nothing."""
    assert chance_to_pass_later(0.78) < 1e-5
    assert share_passed(0.91, seeds=5) >= share_passed(0.91, seeds=1)
    assert share_passed(0.78, seeds=5) <= expected_shares(0.78)[1]


# -- seeds ----------------------------------------------------------------------------------------


def drawn(*rights, **options):
    """A score drawn with seeds, and which seeds were drawn."""
    seeds = []

    def draw(seed):
        seeds.append(seed)
        return Y, labels(rights[seed])

    return scored(draw, **options), seeds


def test_a_good_first_draw_is_enough():
    verdict, seeds = drawn(185, at_least=0.9)
    assert verdict.passed and seeds == [0]
    assert (verdict.metrics["seeds"], verdict.metrics["n"]) == (1, 200)


def test_an_unlucky_first_draw_costs_nothing_if_the_next_ones_are_good():
    assert not scored(Y, labels(165), at_least=0.9).passed
    verdict, seeds = drawn(165, 183, 181, 184, 186, at_least=0.9)
    assert verdict.passed
    assert seeds == [0, 1, 2]
    assert verdict.metrics["scores"] == [0.825, 0.915, 0.905]  # the rows of three draws are enough to pass
    assert "mean of 3 seeds" in verdict.measured and verdict.metrics["n"] == 600


def test_a_clear_miss_ends_after_three_draws_and_a_narrow_one_after_all():
    verdict, seeds = drawn(100, 101, 102, at_least=0.9)
    assert not verdict.passed and seeds == [0, 1, 2]
    verdict, seeds = drawn(172, 173, 171, 172, 173, at_least=0.905)
    assert not verdict.passed and seeds == [0, 1, 2, 3, 4]
    assert verdict.metrics["interval"][0] < 0.861 < verdict.metrics["interval"][1] < 0.9


def test_scores_that_vary_wildly_do_not_pass_after_three_draws_by_their_spread():
    verdict, seeds = drawn(140, 172, 156, 155, 158, at_least=0.9)
    assert seeds == [0, 1, 2, 3, 4] and not verdict.passed
    with pytest.raises(JudgeError, match="at least 4"):
        drawn(140, 172, at_least=0.9, seeds=2)


def test_a_draw_that_is_no_prediction_decides_at_once():
    verdict = scored(lambda seed: (Y, None), at_least=0.9)
    assert verdict.share == 0 and "return" in verdict.problem


def test_a_draw_may_bring_its_baseline():
    verdict = scored(lambda seed: (TARGETS, TARGETS + 0.1, TARGETS + 1), metric="mae", at_most=0.2)
    assert verdict.passed and verdict.metrics["score"] == pytest.approx(0.1)


# -- what chapters score --------------------------------------------------------------------------


def test_clusters_are_scored_by_the_judges_labels_and_by_the_judges_data():
    X = np.r_[RNG.normal(0, 0.3, (80, 2)), RNG.normal(4, 0.3, (80, 2))]
    truth = np.repeat([0, 1], 80)
    assert scored(truth, 1 - truth, metric="ari", at_least=0.99).passed
    assert not scored(truth, RNG.integers(0, 2, 160), metric="ari", at_least=0.5).passed
    assert scored(X, truth, metric="silhouette", at_least=0.8).passed
    assert not scored(X, RNG.integers(0, 2, 160), metric="silhouette", at_least=0.5).passed
    assert "fit" in scored(X, np.zeros(160), metric="silhouette", at_least=0.5).problem


def test_rankings_are_scored_query_by_query():
    relevance = RNG.integers(0, 4, (60, 10))
    verdict = scored(relevance, relevance + RNG.normal(size=(60, 10)), metric="ndcg", at_least=0.9)
    assert verdict.metrics["n"] == 60 and verdict.passed
    assert not scored(relevance, -relevance, metric="ndcg", at_least=0.9).passed


@pytest.mark.parametrize("metric", ["energy", "mmd"])
def test_generated_rows_are_compared_with_real_ones(metric):
    real, good = RNG.normal(size=(400, 2)), RNG.normal(size=(500, 2))
    assert scored(real, good, metric=metric, at_most=0.01).passed
    assert not scored(real, good + 1.0, metric=metric, at_most=0.01).passed
    assert not scored(real, good * 0.2, metric=metric, at_most=0.01).passed  # one mode only
    noise = RNG.uniform(-5, 5, (500, 2))
    assert scored(real, good, metric=metric, baseline=noise, at_most=0.1).passed
    assert "fit" in scored(real, good[:, :1].repeat(3, 1), metric=metric, at_most=0.1).problem


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("balanced_accuracy", metrics.balanced_accuracy_score),
        ("f1_weighted", lambda y, p: metrics.f1_score(y, p, average="weighted")),
        ("neg_mean_absolute_error", lambda y, p: -metrics.mean_absolute_error(y, p)),
        ("cohen_kappa_score", metrics.cohen_kappa_score),
        ("recall", metrics.recall_score),
        ("precision", metrics.precision_score),
    ],
)
def test_scorers_and_metrics_of_scikit_learn_are_known_by_name(name, function):
    verdict = scored(Y, labels(150), metric=name, at_least=-9.0)
    low, high = verdict.metrics["interval"]
    assert verdict.metrics["score"] == pytest.approx(function(Y, labels(150)))
    assert low < verdict.metrics["score"] < high


def test_an_unknown_metric_is_our_fault_and_names_its_neighbours():
    with pytest.raises(JudgeError, match="balanced_accuracy"):
        scored(Y, Y, metric="balancd_accuracy", at_least=0.5)


def test_a_rare_class_does_not_make_the_log_loss_of_a_resample_impossible():
    truth = np.r_[np.zeros(98, int), 1, 2]
    chances = np.full((100, 3), 0.05) + 0.85 * np.eye(3)[truth]
    verdict = scored(truth, chances, metric="log_loss", at_most=0.2)
    assert verdict.metrics["score"] == pytest.approx(metrics.log_loss(truth, chances))
    assert scored(truth[:99], chances[:99], metric="log_loss", at_most=0.2).passed  # class 2 is not there
    words = np.array(["a", "b", "c"])[truth]
    assert scored(words, chances, metric="log_loss", at_most=0.2).metrics["score"] == pytest.approx(
        -np.log(0.9)
    )


@pytest.mark.parametrize(
    ("truth", "guess", "options"),
    [
        (np.ones(50), np.full(50, 0.5), {"metric": "auc"}),
        (np.ones(50), np.full(50, 0.5), {"metric": "log_loss"}),
        ([1], [1], {}),
        ([], [], {}),
        (np.array([0.0, np.nan]), [0, 1], {"metric": "mae"}),
        (Y, Y, {"groups": np.zeros(200)}),
        (Y, Y, {"groups": np.arange(10)}),
        (Y, Y, {"groups": Y, "block": 3}),
        (Y, Y, {"block": 200}),
    ],
)
def test_hidden_data_that_cannot_be_scored_is_our_fault(truth, guess, options):
    with pytest.raises(JudgeError):
        scored(truth, guess, at_least=0.5, **options)


def test_a_metric_that_hardly_any_resample_has_earns_nothing_and_says_so():
    def picky(truth, guess):
        if len(np.unique(truth)) < 3:
            raise ValueError("all of three")
        return 1.0

    assert "do not fit" in scored([0, 1, 2], [0, 1, 2], metric=picky, at_least=0.5).problem


@pytest.mark.parametrize("labels_are", [(0, 1), (-1, 1), ("ham", "spam")])
def test_the_area_under_the_curve_is_that_of_scikit_learn_ties_and_all(labels_are):
    truth = np.where(np.arange(300) % 3 == 0, labels_are[1], labels_are[0])
    found = np.round(RNG.normal(size=300) + (np.arange(300) % 3 == 0), 1)  # rounded: many ties
    verdict = scored(truth, found, metric="auc", at_least=0.5)
    assert verdict.metrics["score"] == pytest.approx(metrics.roc_auc_score(truth, found))
    chances = np.eye(3)[np.arange(90) % 3] * 0.6 + 0.4 / 3
    with pytest.raises(ValueError, match="multi_class"):
        find_metric("auc").compute(np.arange(90) % 3, chances)
