"""Which checks a cell makes, what each is worth, and what of a verdict a student may read."""

import ast
from dataclasses import replace

import pytest

from graders import check
from graders.check.session import RECORDER, Verdict
from graders.results import Outcome
from graders.sites import Ledger, Site, find_sites, to_record

FILE = "<cell>"


def sites(source, hidden=()):
    return find_sites(ast.parse(source), frozenset(hidden))


def made(source, points=6.0, hidden=(), **names):
    """Run a whole cell and return the records of its checks."""
    ledger = Ledger(sites(source, hidden), FILE)
    token = RECORDER.set(ledger)
    try:
        exec(compile(source, FILE, "exec"), {"check": check, **names})
    finally:
        RECORDER.reset(token)
    return ledger.records("cell", points)


# -- finding --------------------------------------------------------------------------------------


def test_checks_are_found_with_their_sentence_weight_and_hint():
    source = 'check.true("It holds", f(1) > 0, hint="Look again.", weight=2)\n'
    (site,) = sites(source)
    assert (site.asked, site.hint, site.weight, site.hidden) == ("It holds", "Look again.", 2.0, False)


def test_checks_are_found_wherever_they_stand_in_source_order():
    source = """
def helper(n):
    check.true("in a function", n)
for n in (1, 2):
    if n:
        check.equal("in a loop", n, n)
with open(f) as g:
    check.close("in a block", 1, 1); assert n
[check.true("in a list", n) for n in (1, 2)]
"""
    found = sites(source)
    names = ["in a function", "in a loop", "in a block", "A condition holds", "in a list"]
    assert [site.asked for site in found] == names


@pytest.mark.parametrize(
    "source",
    [
        "",
        "assert f(1) == 2",
        "check(1)",
        "checker.true('x', 1)",
        "check.CheckFailed('x')",
        "x.check.true('y', 1)",
    ],
)
def test_a_cell_without_checks_of_ours_has_no_sites(source):
    assert sites(source) == []


def test_a_sentence_that_is_put_together_is_never_quoted():
    (site,) = sites('check.true(f"The answer is {secret}", False, hint=f"Try {secret}", weight=w)')
    assert (site.asked, site.hint, site.weight) == ("A condition holds", "", 1.0)


# -- weights --------------------------------------------------------------------------------------

TWO = 'check.true("a", True{0})\ncheck.true("b", True{1})\n'


@pytest.mark.parametrize(
    ("first", "second", "hidden", "points"),
    [
        ("", "", (), [3, 3]),
        ("", "", (2,), [0, 6]),
        ("", "", (1, 2), [3, 3]),
        (", weight=1", "", (2,), [3, 3]),
        (", weight=2", "", (), [4, 2]),
        (", weight=0", "", (), [0, 6]),
        (", weight=0", ", weight=0", (), [3, 3]),
        (", weight=None", ", weight=0.5", (), [4, 2]),
    ],
)
def test_points_follow_the_weights(first, second, hidden, points):
    records = made(TWO.format(first, second), hidden=hidden)
    assert [record.max_points for record in records] == points
    assert [record.points for record in records] == points


def test_an_assert_among_checks_weighs_like_one():
    records = made("check.true('a', True)\nassert 1 < 2\n")
    assert [record.max_points for record in records] == [3, 3]


def test_records_are_numbered_and_their_maximum_is_the_cells_points():
    records = made("".join(f"check.true('{n}', True)\n" for n in range(7)), points=5.0)
    assert [record.name for record in records] == [f"cell#{n}" for n in range(1, 8)]
    assert sum(record.max_points for record in records) == pytest.approx(5, abs=1e-5)


# -- verdicts -------------------------------------------------------------------------------------


def test_two_checks_in_one_line_are_told_apart():
    records = made("check.true('a', True); check.true('b', False)")
    assert [record.outcome for record in records] == [Outcome.PASSED, Outcome.FAILED]


def test_a_check_over_several_lines_is_itself():
    records = made("check.true(\n  'a',\n  all([\n    False,\n  ]),\n)\ncheck.true('b', True)")
    assert [record.outcome for record in records] == [Outcome.FAILED, Outcome.PASSED]


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_of_the_rounds_of_a_loop_the_worst_counts(bad):
    (record,) = made(f"for n in range(3):\n    check.true('all rounds', n != {bad})")
    assert (record.outcome, record.points) == (Outcome.FAILED, 0)


def test_a_check_in_a_function_counts_under_its_own_line():
    source = "def ask(n):\n    check.true('small', n < 3)\ncheck.true('first', True)\nask(1)\nask(5)\n"
    records = made(source)
    assert [(r.asked, r.outcome) for r in records] == [
        ("small", Outcome.FAILED),
        ("first", Outcome.PASSED),
    ]


def test_a_check_inside_a_comprehension_or_lambda_counts():
    records = made("[check.true('a', n) for n in (True, False)]\n(lambda: check.true('b', True))()")
    assert [record.outcome for record in records] == [Outcome.FAILED, Outcome.PASSED]


def test_a_check_that_was_never_reached_is_skipped_and_keeps_its_sentence():
    (record, other) = made("if False:\n    check.true('a', True, hint='h')\ncheck.true('b', True)")
    assert (record.outcome, record.points, record.asked) == (Outcome.SKIPPED, 0, "a")
    assert record.detail
    assert other.outcome is Outcome.PASSED


def test_a_statement_that_stops_settles_only_what_it_did_not_reach():
    a, b, c = (Site((n, 0), (n, 9), "x", "", False, 1.0) for n in (1, 2, 3))
    ledger = Ledger([a, b, c], FILE)
    ledger.settle(a, Verdict(0.5, "half"))
    ledger.settle(b, Verdict(1.0))
    ledger.settle_rest([a, b, c], Verdict(0.0, "stopped"))
    assert [r.points for r in ledger.records("cell", 3.0)] == [0.5, 0, 0]
    assert [r.detail for r in ledger.records("cell", 3.0)] == ["half", "stopped", "stopped"]


def test_a_check_called_from_elsewhere_is_not_counted_here():
    elsewhere = {"check": check}
    exec(compile("def ask():\n    check.true('x', False)", "<other>", "exec"), elsewhere)
    records = made("ask()\ncheck.true('mine', True)", ask=elsewhere["ask"])
    assert [(record.asked, record.outcome) for record in records] == [("mine", Outcome.PASSED)]


# -- records --------------------------------------------------------------------------------------

VISIBLE = Site((1, 0), (1, 9), "It is right", "Look here.", False, 1.0)
HIDDEN = Site((1, 0), (1, 9), "It is right", "Look here.", True, 1.0)
WRONG = Verdict(0.0, "The value is wrong.", shown="Expected 42, found 17.")


def test_a_visible_check_shows_values_a_hidden_one_the_problem_only():
    assert to_record("n", VISIBLE, WRONG, 2.0).detail == "Expected 42, found 17."
    hidden = to_record("n", HIDDEN, WRONG, 2.0)
    assert hidden.detail == "The value is wrong."
    assert hidden.staff == "Expected 42, found 17."
    assert hidden.hidden


def test_after_hidden_data_was_sent_a_visible_check_shows_no_values_either():
    ledger = Ledger([VISIBLE], FILE)
    ledger.secretive = True
    ledger.settle(VISIBLE, WRONG)
    (record,) = ledger.records("n", 2.0)
    assert (record.detail, record.staff) == ("The value is wrong.", "Expected 42, found 17.")
    rest = Ledger([VISIBLE], FILE)
    rest.secretive = True
    rest.settle_rest([VISIBLE], WRONG)
    assert rest.records("n", 2.0)[0].detail == "The value is wrong."


def test_a_passed_check_needs_no_hint_and_no_detail():
    record = to_record("n", VISIBLE, Verdict(1.0, "p", "s"), 2.0)
    assert (record.outcome, record.points, record.detail, record.hint) == (Outcome.PASSED, 2.0, "", "")


def test_a_failed_check_brings_its_hint():
    assert to_record("n", HIDDEN, WRONG, 2.0).hint == "Look here."


@pytest.mark.parametrize(
    ("share", "points", "outcome"),
    [
        (0.25, 0.5, Outcome.FAILED),
        (1.0, 2.0, Outcome.PASSED),
        (1.7, 2.0, Outcome.PASSED),
        (-3.0, 0.0, Outcome.FAILED),
        (float("nan"), 0.0, Outcome.FAILED),
    ],
)
def test_a_share_gives_its_part_of_the_points(share, points, outcome):
    record = to_record("n", VISIBLE, Verdict(share, "p"), 2.0)
    assert (record.points, record.outcome, record.max_points) == (points, outcome, 2.0)


def test_what_could_not_be_judged_has_no_points_at_all():
    record = to_record("n", VISIBLE, Verdict(0.0, "p", outcome=Outcome.UNGRADABLE), 2.0)
    assert (record.points, record.max_points, record.outcome) == (None, 2.0, Outcome.UNGRADABLE)


@pytest.mark.parametrize(
    ("hidden", "is_open", "kept"), [(False, True, True), (True, True, False), (False, False, False)]
)
def test_curves_a_student_wrote_are_kept_only_where_their_values_may_be_read(hidden, is_open, kept):
    site = replace(sites('check.learns("It learns", f())\n')[0], hidden=hidden)
    verdict = Verdict(1.0, public_values=is_open, metrics={"curves": [["loss", 2, [2.0, 1.0]]], "n": 2})
    metrics = to_record("c#1", site, verdict, 1.0).metrics
    assert ("curves" in metrics, metrics["n"]) == (kept, 2)
