"""Where a student stands: only in a class large enough, without anybody else's result."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from graders.feedback import terminal
from graders.feedback.page import render
from graders.feedback.standing import FEWEST, peers_of, standing_of
from graders.feedback.view import Beside
from graders.results import Outcome, SubmissionResult


@pytest.fixture
def one(build):
    def made(student, reached, most=10.0):
        outcome = Outcome.UNGRADABLE if reached is None else Outcome.FAILED
        cell = build.checks("E", outcome=outcome, points=reached, most=most)
        return replace(build.wrap(cell, outcome=outcome), student=student)

    return made


@pytest.fixture
def group(one):
    return [one(f"student{n:02}", float(n)) for n in range(FEWEST)]


def words(course, result, beside):
    page = BeautifulSoup(render(course, result, beside), "html.parser")
    figure = page.select_one(".standing")
    return " ".join(figure.get_text(" ").split()) if figure else ""


def test_a_page_tells_where_the_student_is_in_a_class_of_eleven(course, group):
    told = words(course, group[3], Beside(peers=peers_of(group)))
    assert "you: 3" in told and "middle of the class: 5" in told and "middle half: 2.5 to 7.5" in told
    assert "of 11 results" in told and "student" not in told


def test_of_ten_nothing_is_told(course, group):
    assert words(course, group[3], Beside(peers=peers_of(group[:10]))) == ""
    assert words(course, group[3], Beside()) == ""


def test_somebody_late_changes_nobody_elses_page(course, one, group):
    late = one("late", 10.0)
    before, after = (Beside(peers=peers_of(found, {"late"})) for found in (group, [*group, late]))
    assert render(course, group[3], before) == render(course, group[3], after)
    told = words(course, late, after)
    assert "you: 10" in told and "of the 11 results that were handed in by the due date" in told


def test_the_order_of_the_results_does_not_matter(course, group):
    pages = {render(course, group[3], Beside(peers=peers_of(some))) for some in (group, group[::-1])}
    assert len(pages) == 1


def test_what_is_ungradable_is_compared_with_nobody_and_nobody_with_it(course, one, group):
    ours = one("zoe", None)
    beside = Beside(peers=peers_of([*group[:10], ours]))
    assert words(course, group[3], beside) == ""
    assert words(course, ours, Beside(peers=peers_of([*group, ours]))) == ""


def test_results_of_other_tests_are_not_compared(course, one, group):
    older = one("zoe", 3.0, most=12.0)
    assert words(course, older, Beside(peers=peers_of([*group, older]))) == ""


def test_an_unreadable_submission_counts_as_in_the_gradebook(group, one):
    lost = replace(one("zoe", 0.0), message="This is not a notebook.")
    empty = SubmissionResult("homl", "ch04", "yan", Outcome.FAILED)  # nothing is known of its notebooks
    assert peers_of([lost, empty]).scores["training_models"] == ((0.0, 10.0),)


def test_one_student_more_is_a_swelling_and_no_step(one, group):
    def outline(found):
        path = standing_of(peers_of(found), group[3].notebooks[0]).outline
        return [float(y) for y in re.findall(r"L[\d.]+ ([\d.]+)", path)]

    many = [one(f"s{n}", 7.0 + n % 3) for n in range(40)]
    assert max(abs(a - b) for a, b in zip(outline(many), outline([*many, one("x", 2.0)]), strict=True)) < 5


def test_the_terminal_tells_the_same(course, group):
    said = [str(part) for part in terminal.show(course, group[3], Beside(peers=peers_of(group)))]
    assert "You and the class: you: 3, middle of the class: 5, middle half: 2.5 to 7.5." in said
