"""The numbers of the report, against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graders.feedback.report.numbers import chapter_of, columns, correlation, spread, step_of
from graders.results import Outcome, Role

NAME = "ch04_training_models"


def exercises(found):
    return {exercise.place[1]: exercise for exercise in found.exercises}


def test_points_are_described_by_quartiles_mean_and_n(build):
    lies = chapter_of(NAME, build.five()).spread
    assert (lies.n, lies.low, lies.quarter, lies.middle, lies.three_quarters, lies.high) == (5, 1, 3, 6, 7, 10)
    assert lies.mean == pytest.approx(5.4)


def test_full_points_stand_in_the_last_column(build):
    assert chapter_of(NAME, build.five()).columns == (0, 1, 0, 1, 0, 0, 1, 1, 0, 1)


@pytest.mark.parametrize(
    ("maximum", "step"), [(20, 2), (18, 2), (10, 1), (1, 0.1), (25, 2.5), (3, 0.5), (100, 10)]
)
def test_columns_have_a_round_width_and_hold_everybody(maximum, step):
    assert step_of(maximum) == pytest.approx(step)
    scores = [maximum * i / 40 for i in range(41)]
    found = columns(scores, maximum)
    assert sum(found) == 41 and len(found) <= 10


def test_a_score_on_an_edge_belongs_to_the_column_above_in_spite_of_rounding():
    assert columns([0.1 + 0.2], 1.0) == (0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    assert columns([0.7 - 0.1], 1.0)[6] == 1


def test_difficulty_is_the_mean_share_of_points(build):
    found = exercises(chapter_of(NAME, build.five()))
    assert found["A"].ease == pytest.approx(0.6) and found["B"].ease == pytest.approx(0.5)
    assert [(e.n, e.full, e.nothing) for e in found.values()] == [(5, 1, 0), (5, 1, 1)]


def test_discrimination_leaves_the_exercise_itself_out_of_the_total(build):
    """By hand: deviations of A and B multiply to 10, their squares to 5.2 and 24."""
    found = exercises(chapter_of(NAME, build.five()))["A"].discrimination
    assert found.r == pytest.approx(10 / (5.2 * 24) ** 0.5)
    assert (found.low, found.high) == (pytest.approx(0.061, abs=1e-3), pytest.approx(0.993, abs=1e-3))
    assert found.n == 5


def test_four_submissions_are_too_few_to_say_how_exercises_go_together(build):
    found = exercises(chapter_of(NAME, build.five()[:4]))["A"]
    assert found.discrimination is None and found.too_few
    assert found.ease == pytest.approx(11 / 16)


def test_an_exercise_in_which_all_have_the_same_has_no_discrimination(build):
    cells = [build.checks("A", build.record("a#1", 4.0, 4.0)), build.checks("B", build.record("b#1", 1.0, 6.0))]
    found = exercises(chapter_of(NAME, [build.result(name, *cells) for name in "abcdef"]))["A"]
    assert found.discrimination is None and not found.too_few


def test_correlations_are_the_textbook_ones():
    line = [(float(x), 2.0 * x) for x in range(6)]
    assert correlation(line).r == pytest.approx(1) and correlation(line).low == pytest.approx(1)
    assert correlation([(x, -y) for x, y in line]).r == pytest.approx(-1)
    assert correlation([(0.0, 1.0), (1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (0.5, 0.5)]).r == pytest.approx(0)


def test_the_ungradable_count_nowhere_as_zero(build):
    lost = build.result(
        "zoe",
        build.checks("A", build.record("a#1", None, 4.0, outcome=Outcome.UNGRADABLE)),
        build.checks("B", build.record("b#1", 0.0, 6.0)),
        outcome=Outcome.UNGRADABLE,
    )
    found = chapter_of(NAME, [*build.five(), lost])
    assert found.spread.n == 5 and found.spread.low == 1
    assert exercises(found)["A"].n == 5 and exercises(found)["A"].checks[0].n == 5
    assert exercises(found)["B"].discrimination.n == 5
    assert found.outcomes == {Outcome.FAILED: 5, Outcome.UNGRADABLE: 1}


def test_what_could_not_be_read_has_no_points_and_says_nothing_about_exercises(build):
    cells = [build.checks(name, build.record(f"{name}#1", 0.0, 5.0)) for name in "AB"]
    found = chapter_of(NAME, [*build.five(), build.result("zoe", *cells, message="It cannot be read.")])
    assert found.spread.n == 6 and found.spread.low == 0
    assert [exercise.n for exercise in found.exercises] == [5, 5]


def test_checks_count_every_way_to_end(build):
    ends = [
        build.record("a#1", 4.0, 4.0),
        build.record("a#1", 1.0, 4.0),
        build.record("a#1", 0.0, 4.0),
        build.record("a#1", 0.0, 4.0, outcome=Outcome.TIMED_OUT),
        build.record("a#1", 0.0, 4.0, outcome=Outcome.SKIPPED),
        build.record("a#1", None, 4.0, outcome=Outcome.UNGRADABLE),
    ]
    results = [build.result(f"s{i}", build.checks("A", end)) for i, end in enumerate(ends)]
    check = exercises(chapter_of(NAME, results))["A"].checks[0]
    assert check.ends == {"passed": 1, "partly": 1, "failed": 1, "stopped": 1, "skipped": 1}
    assert check.n == 5 and check.passed == pytest.approx(0.2)


def test_a_cell_that_ended_before_its_checks_counts_in_all_of_them(build):
    whole = build.result("ada", build.checks("A", build.record("a#1", 1, 1), build.record("a#2", 1, 1)))
    cut = replace(build.checks("A", outcome=Outcome.CRASHED), points=0.0, max_points=2.0)
    found = exercises(chapter_of(NAME, [build.result("abe", cut), whole]))["A"]
    assert [check.ends for check in found.checks] == [{"passed": 1, "stopped": 1}] * 2
    assert found.maximum == 2


def test_hints_count_students_once_and_only_those_who_lost_something(build):
    def hinted(reached, **more):
        return build.record(more.pop("name", "a#1"), reached, 2.0, hint="Mind the intercept.", **more)

    results = [
        build.result("ada", build.checks("A", hinted(0.0), hinted(0.0, name="a#2"))),
        build.result("bob", build.checks("A", hinted(0.0))),
        build.result("cem", build.checks("A", hinted(2.0))),
        build.result("dot", build.checks("A", hinted(0.0, outcome=Outcome.SKIPPED))),
    ]
    assert [(hint.text, hint.students) for hint in chapter_of(NAME, results).hints] == [
        ("Mind the intercept.", 2)
    ]


@pytest.mark.parametrize(
    ("metrics", "close"),
    [
        ({"score": 0.84, "target": 0.85, "interval": [0.8, 0.88]}, True),
        ({"score": 0.84, "target": 0.85, "interval": [0.8, 0.85]}, True),
        ({"score": 0.7, "target": 0.85, "interval": [0.66, 0.74]}, False),
        ({"score": 0.84, "target": 0.85}, False),
    ],
)
def test_a_score_is_at_the_border_if_its_interval_holds_the_target(build, metrics, close):
    cell = build.checks("A", build.record("a#1", 0.0, 1.0, metrics=metrics))
    (sample,) = exercises(chapter_of(NAME, [build.result("ada", cell)]))["A"].checks[0].scores
    assert (sample.student, sample.value, sample.is_close) == ("ada", metrics["score"], close)


@pytest.mark.parametrize("value", [None, True, "0.9", float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_left_out(build, value):
    cell = build.checks("A", build.record("a#1", 0.0, 1.0, metrics={"score": value, "target": 0.9}))
    assert exercises(chapter_of(NAME, [build.result("ada", cell)]))["A"].checks[0].scores == ()


def test_times_are_shares_of_their_budget(build):
    cell = build.checks("A", build.record("a#1", 0.0, 1.0, metrics={"ratio": 6.0, "limit": 5.0}))
    (sample,) = exercises(chapter_of(NAME, [build.result("ada", cell)]))["A"].checks[0].times
    assert sample.value == pytest.approx(1.2)


def test_facts_name_each_student_once_and_the_most_frequent_first(build):
    results = [
        build.result("bob", audit=("a file was left out", "a call was denied", "a call was denied")),
        build.result("ada", audit=("a call was denied",)),
    ]
    assert list(chapter_of(NAME, results).facts.items()) == [
        ("a call was denied", ("ada", "bob")),
        ("a file was left out", ("bob",)),
    ]


def test_costs_are_means_over_those_that_were_run(build):
    results = [build.result("ada", costs={"cells": 1.0}), build.result("bob", costs={"cells": 3.0})]
    assert chapter_of(NAME, [*results, build.result("cem")]).costs == {"cells": 2.0}


def test_no_results_make_no_numbers():
    found = chapter_of(NAME, [])
    assert (found.spread, found.columns, found.exercises, found.maximum) == (None, (), (), 0)
    assert spread([]) is None


def test_essays_have_no_say(build):
    (ada, *_) = build.five()
    essay = replace(ada.notebooks[0].cells[0], role=Role.ESSAY, points=99.0)
    cells = (*ada.notebooks[0].cells, essay)
    marked = replace(ada, notebooks=(replace(ada.notebooks[0], cells=cells),))
    assert chapter_of(NAME, [marked]).scores == (10.0,)
