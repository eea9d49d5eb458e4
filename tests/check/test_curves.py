"""A training history that shows learning, and the many things that are none."""

from types import SimpleNamespace

import numpy as np
import pytest

from graders import check
from graders.check.session import RECORDER, Verdict

DOWN = [2.0, 1.2, 0.9, 0.7, 0.6, 0.65]
UP = [0.3, 0.5, 0.7, 0.8, 0.85, 0.84]


class Kept:
    """A recorder that keeps the last verdict."""

    stopwatch = None

    def report(self, asked: str, hint: str, verdict: Verdict) -> None:
        self.verdict = verdict


def judged(history, **options):
    kept = Kept()
    token = RECORDER.set(kept)
    try:
        check.learns("It learns", history, **options)
    finally:
        RECORDER.reset(token)
    return kept.verdict


@pytest.mark.parametrize(
    "history",
    [
        {"loss": DOWN, "accuracy": UP},
        {"loss": np.array(DOWN), "accuracy": tuple(UP)},
        SimpleNamespace(history={"loss": DOWN, "accuracy": UP}),
    ],
)
def test_curves_that_go_where_they_should_pass(history):
    assert judged(history, falls=["loss"], rises=["accuracy"], epochs=6).passed


def test_numbers_alone_are_a_loss():
    assert judged(DOWN).passed and not judged(UP).passed


def test_a_bad_last_epoch_is_no_mistake():
    assert judged([5.0, 4.0, 3.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 6.0]).passed


@pytest.mark.parametrize(
    ("history", "options", "problem"),
    [
        ({"loss": UP}, {"falls": ["loss"]}, "The curve 'loss' does not fall."),
        ({"accuracy": DOWN}, {"rises": ["accuracy"]}, "The curve 'accuracy' does not rise."),
        ({"loss": [1.0, 1.0]}, {"falls": ["loss"]}, "does not fall"),
        ({"loss": DOWN}, {"epochs": 5}, "not one number after each epoch"),
        ({"losses": DOWN}, {}, "no finite numbers called 'loss'"),
        ({"loss": [1.0, float("nan")]}, {}, "no finite numbers"),
        ({"loss": ["2", "1"]}, {}, "no finite numbers"),
        ({"loss": [True, False]}, {}, "no finite numbers"),
        ({"loss": [[2.0], [1.0]]}, {}, "no finite numbers"),
        ({"loss": [[2.0], 1.0]}, {}, "no finite numbers"),
        ({"loss": []}, {}, "no finite numbers"),
        ({"loss": range(9, 0, -1)}, {}, "no finite numbers"),
        (None, {}, "Is a `return` missing?"),
        ("loss", {}, "a training history"),
    ],
)
def test_what_is_no_learning_is_named(history, options, problem):
    found = judged(history, **options)
    assert not found.passed and problem in found.problem


def test_the_record_keeps_named_curves_and_few_points_of_them():
    long = list(np.linspace(3.0, 1.0, 500))
    curves = judged({"loss": long, "val_loss": long, "HIDDEN": long}, falls=["loss"]).metrics["curves"]
    assert [(name, count, len(points)) for name, count, points in curves] == [
        ("loss", 500, 60),
        ("val_loss", 500, 60),
    ]
    assert (curves[0][2][0], curves[0][2][-1]) == (3.0, 1.0)
