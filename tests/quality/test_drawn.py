"""Draws are remembered, so a calibration that was stopped goes on; but only what they say of a threshold."""

import pytest

from graders.batch.work import find_work
from graders.quality.drawn import Drawn
from graders.results import CellResult, NotebookResult, Outcome, Record, Role, SubmissionResult


def result_of(outcome):
    record = Record(name="mean_test#1", asked="the mean", outcome=outcome, points=1.0, max_points=1.0)
    cell = CellResult(
        "c", "code", Role.CHECKS, "", outcome=outcome, points=1.0, max_points=1.0, records=(record,)
    )
    return SubmissionResult("tiny", "ch01_numbers", "ada", outcome, (NotebookResult("n", outcome, (cell,)),))


@pytest.mark.parametrize(
    ("outcome", "remembered"),
    [(Outcome.PASSED, True), (Outcome.FAILED, True), (Outcome.TIMED_OUT, False), (Outcome.UNGRADABLE, False)],
)
def test_a_draw_in_which_the_machine_was_too_slow_is_drawn_again(tiny_course, outcome, remembered):
    tiny_course.hand_in("ada")
    (work,) = find_work(tiny_course.course, [tiny_course.first])
    records = Drawn(tiny_course.course, tiny_course.first).note(work, result_of(outcome))
    assert [record.outcome for record in records] == [outcome]
    found = Drawn(tiny_course.course, tiny_course.first).find(work)
    assert (found == records) if remembered else (found is None)
