"""The little scale under a check."""

from __future__ import annotations

import math

import pytest

from graders.feedback.figures import WIDTH, figure_of
from graders.results import Outcome, Record


def figure(**metrics):
    return figure_of(Record("n", "a", Outcome.FAILED, metrics=metrics))


def test_a_score_is_drawn_between_its_interval_and_left_of_its_target():
    drawn = figure(score=0.78, target=0.9, interval=[0.7, 0.86])
    start, length = drawn.bar
    assert 0 < start < drawn.value < start + length < drawn.target < WIDTH
    assert "0.78" in drawn.value_text and "0.9" in drawn.target_text
    assert "0.7 to 0.86" in drawn.interval_text and drawn.is_interval


def test_a_score_without_interval_is_a_point():
    drawn = figure(score=12.5, target=10)
    assert drawn.bar[1] == 0 and not drawn.is_interval and drawn.target < drawn.value


def test_a_ratio_is_a_bar_from_zero():
    drawn = figure(ratio=10.0, limit=5.0)
    assert drawn.bar == (0.0, drawn.value) and drawn.value == pytest.approx(2 * drawn.target, abs=0.2)


def test_equal_numbers_can_be_drawn():
    assert 0 < figure(score=0.0, target=0.0).value < WIDTH


@pytest.mark.parametrize(
    "metrics",
    [
        {},
        {"score": 0.5},
        {"score": math.nan, "target": 1.0},
        {"score": 1.0, "target": math.inf},
        {"score": True, "target": 1.0},
        {"score": "0.5", "target": 0.5},
        {"score": 10**400, "target": 1},
        {"ratio": 2.0},
        {"ratio": 2.0, "limit": 0.0},
        {"ratio": -1.0, "limit": 2.0},
        {"hidden_seed": 7, "n": 100},
    ],
)
def test_what_cannot_be_drawn_is_left_out(metrics):
    assert figure(**metrics) is None


@pytest.mark.parametrize("interval", [[1], [2, 1], "ab", [math.nan, 1], {"low": 1}])
def test_a_broken_interval_leaves_the_score(interval):
    assert not figure(score=1.0, target=2.0, interval=interval).is_interval


def test_several_draws_are_marks_and_told_in_words():
    found = figure(score=0.8, target=0.7, interval=[0.75, 0.85], scores=[0.9, 0.7, 0.8])
    assert list(found.draws) == sorted(found.draws) and len(found.draws) == 3
    assert found.draws_text == "3 draws, from 0.7 to 0.9"
    assert 0 <= found.draws[0] < found.bar[0] and found.bar[0] + found.bar[1] < found.draws[-1] <= 400


@pytest.mark.parametrize("scores", [[0.8], [], None, "0.8", [None, float("nan")], [True, 0.8]])
def test_one_draw_is_the_score_itself(scores):
    assert figure(score=0.8, target=0.7, scores=scores).draws == ()
