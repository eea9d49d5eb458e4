"""The drawings of the report: right lengths, right places, nothing outside the box."""

from __future__ import annotations

import pytest

from graders.feedback.report.charts import WIDTH, heights, stack, strip
from graders.feedback.report.checks import Sample


def samples(values, target, passed=True):
    return [Sample(f"s{i}", value, target, None, passed) for i, value in enumerate(values)]


def place(drawing, index):
    """Return where the middle of a mark stands, as a share of the width."""
    return (drawing.marks[index].x + drawing.width / 2) / WIDTH


def test_the_tallest_column_is_full():
    assert heights([0, 1, 4]) == (0, 25, 100) and heights([0, 0]) == (0, 0) and heights([]) == ()


def test_parts_of_a_bar_follow_each_other_and_fill_it():
    parts = stack({"passed": 3, "partly": 0, "failed": 1})
    assert [(part.name, part.start, part.width) for part in parts] == [("passed", 0, 75), ("failed", 75, 25)]
    thirds = stack({"a": 1, "b": 1, "c": 1})
    assert thirds[-1].start + thirds[-1].width == pytest.approx(100)


def test_scores_lie_on_their_side_of_the_target():
    drawing = strip(samples([0.7, 0.9], 0.8))
    assert place(drawing, 0) < drawing.target / WIDTH < place(drawing, 1)
    assert drawing.target / WIDTH == pytest.approx(0.5, abs=0.01)


def test_half_and_twice_a_budget_are_equally_far_from_it():
    drawing = strip(samples([0.5, 2.0], 1.0), logarithmic=True)
    left, right = place(drawing, 0), place(drawing, 1)
    assert drawing.target / WIDTH - left == pytest.approx(right - drawing.target / WIDTH, abs=0.02)


def test_equal_values_pile_up_and_failed_ones_stand_on_passed_ones():
    drawing = strip([*samples([0.9] * 6, 0.8), *samples([0.9] * 2, 0.8, passed=False)])
    passed, failed = drawing.marks
    assert (passed.passed, failed.passed) == (True, False)
    assert passed.height == pytest.approx(30) and failed.height == pytest.approx(10)
    assert failed.y == pytest.approx(0) and passed.y == pytest.approx(10)


def test_a_value_far_off_stands_at_the_edge_and_squeezes_nobody():
    near = [0.80, 0.82, 0.84, 0.86, 0.88, 0.90]
    drawing = strip(samples([*near, -1e9], 0.85))
    assert drawing.marks[0].x == 0
    assert drawing.marks[-1].x - drawing.marks[1].x > WIDTH / 2


@pytest.mark.parametrize("values", [[0.0], [1e99, -1e99], [5.0, 5.0], [1e-300]])
def test_every_mark_is_inside_the_box(values):
    drawing = strip(samples(values, 0.0))
    assert all(0 <= mark.x < WIDTH and 0 <= mark.y <= 40 for mark in drawing.marks)
    assert 0 <= drawing.target <= WIDTH


def test_no_values_make_no_drawing():
    assert strip([]) is None and stack({}) == ()
