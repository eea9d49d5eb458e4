"""Which result counts: from what was graded and what the gradebook got, whatever was in between."""

from __future__ import annotations

import pytest

from graders.batch.ledger import Entry, Given
from graders.batch.standing import standing, steps
from graders.results import CellResult, NotebookResult, Outcome, Role, SubmissionResult


def entry(run, key, points, answers="a", bundle="b"):
    outcome = Outcome.UNGRADABLE if points is None else Outcome.PASSED
    cell = CellResult("c", "code", Role.CHECKS, "", points=points, max_points=8.0)
    result = SubmissionResult("c", "ch01", "ada", outcome, (NotebookResult("ch01", outcome, (cell,)),))
    return Entry(key, {"answers": answers, "bundle": bundle, "settings": "s"}, f"day {run}", result, run)


def given(*pairs):
    return [Given(run, seen, f"given {number}") for number, (run, seen) in enumerate(pairs, start=1)]


FIRST, EDITED = entry(1, "k1", 8), entry(2, "k2", 4, bundle="edited")
SAME, NEW = entry(2, "k2", 8, bundle="edited"), entry(2, "k2", 4, answers="new")
LOST, FORCED = entry(2, "k1", None), entry(2, "k1", 6)
REPAIRED = entry(3, "k3", 4, bundle="repaired")

CASES = {
    "never written": ([FIRST], given(), 1, None),
    "written": ([FIRST], given((1, 1)), 1, None),
    "edited tests, nobody agreed": ([FIRST, EDITED], given((1, 1)), 1, 2),
    "edited tests, agreed": ([FIRST, EDITED], given((1, 1), (2, 2)), 2, None),
    "edited tests and taken back": ([FIRST, EDITED], given((1, 1), (2, 2), (1, 2)), 1, None),
    "edited tests, same score, killed before writing": ([FIRST, SAME], given((1, 1)), 2, None),
    "new answers, killed before writing": ([FIRST, NEW], given((1, 1)), 2, None),
    "old answers again": ([FIRST, NEW], given((1, 1), (2, 2), (1, 2)), 1, None),
    "the same work failed for a reason of ours": ([FIRST, LOST], given((1, 1)), 1, None),
    "the same work by force, not agreed": ([FIRST, FORCED], given((1, 1)), 1, None),
    "ungradable, then repaired": ([entry(1, "k1", None), REPAIRED], given((1, 1)), 3, None),
}


@pytest.mark.parametrize("name", CASES)
def test_what_counts_and_what_waits(name):
    runs, written, counts, waits = CASES[name]
    found = standing(runs, written)
    assert (found.counts.run, found.waits.run if found.waits else None) == (counts, waits)


def test_who_was_never_graded_has_nothing_that_counts():
    assert standing([], []) is None
    assert list(steps([], [])) == []


def test_a_history_tells_every_run_and_every_return_to_an_older_one():
    written = given((1, 1), (2, 2), (1, 2))
    found = [(s.when, s.entry.run, s.why, s.gradebook) for s in steps([FIRST, EDITED, REPAIRED], written)]
    assert found == [
        ("day 1", 1, "first graded", "written"),
        ("day 2", 2, "the chapter or its tests were edited", "written, was 8"),
        ("given 3", 1, "counts from here on: the chapter or its tests were edited", "written, was 4"),
        ("day 3", 3, "the chapter or its tests were edited", "waits for a yes"),
    ]


def test_a_history_tells_what_the_gradebook_never_got():
    (_, lost) = steps([FIRST, LOST], given((1, 1)))
    assert (lost.why, lost.gradebook) == ("graded again", "not written")
