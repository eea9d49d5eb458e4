"""The drawing of a training history: only what a visible check recorded, and only what is fit to draw."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from graders.feedback.curves import curves_of
from graders.feedback.page import render
from graders.results import Outcome

CURVES = [["loss", 20, [2.0, 1.0, 0.5]], ["val_loss", 20, [2.5, 1.5, 1.0]]]


@pytest.fixture
def record(build):
    return build.record("It learns", Outcome.PASSED, 1, 1, metrics={"curves": CURVES})


def drawn(course, build, record):
    cell = build.checks("E", record, outcome=record.outcome, points=record.points, most=1)
    return BeautifulSoup(render(course, build.wrap(cell)), "html.parser").select_one(".curves")


def test_a_history_is_drawn_and_told_in_words(course, build, record):
    figure = drawn(course, build, record)
    words = " ".join(figure.get_text(" ").split())
    assert len(figure.select("path.curve")) == 4  # two lines and their keys
    assert "loss: 2 to 0.5" in words and "val_loss: 2.5 to 1" in words and "epoch 1 to 20" in words


def test_axes_hold_all_curves(record):
    found = curves_of(record)
    assert (found.low, found.high, found.epochs) == ("0.5", "2.5", 20)
    assert found.curves[1].path.startswith("M60 8L") and found.curves[0].path.endswith("L394 110")


def test_a_hidden_check_draws_no_curve(course, build, record):
    assert drawn(course, build, replace(record, hidden=True)) is None


def test_what_is_ungradable_draws_no_curve(record):
    assert curves_of(replace(record, outcome=Outcome.UNGRADABLE)) is None


@pytest.mark.parametrize(
    "raw",
    [
        "loss",
        [],
        [["loss", 2]],
        [[1, 2, [1.0, 2.0]]],
        [["loss", 2, [1.0]]],
        [["loss", 2, [1.0, None]]],
        [["loss", 2, [1.0, "2"]]],
        [["loss", 2, [True, False]]],
        [["loss", 2, [1.0, 1e200]]],
        [["loss", 1, [1.0, 2.0]]],
        [["loss", True, [1.0, 2.0]]],
        [["loss", 10**9, [1.0, 2.0]]],
        [["loss", 100, [1.0] * 61]],
    ],
)
def test_what_is_not_fit_to_draw_is_left_out(build, raw):
    assert curves_of(build.record("It learns", Outcome.PASSED, metrics={"curves": raw})) is None


def test_names_are_text(course, build):
    metrics = {"curves": [["<b>loss\x1b[31m", 2, [2.0, 1.0]]]}
    figure = drawn(course, build, build.record("It learns", Outcome.PASSED, 1, 1, metrics=metrics))
    assert figure.find("b") is None and "<b>loss: 2 to 1" in figure.get_text()


def test_a_level_curve_has_a_place(build):
    metrics = {"curves": [["loss", 2, [1.0, 1.0]]]}
    assert (
        curves_of(build.record("It learns", Outcome.PASSED, metrics=metrics)).curves[0].path
        == "M60 110L394 110"
    )
