"""Points and comments of people, and what being late costs, on the page and in the terminal."""

import pytest
from bs4 import BeautifulSoup

from graders.feedback import terminal
from graders.feedback.page import render
from graders.feedback.totals import duration
from graders.feedback.view import Beside
from graders.points import Mark, Marks
from graders.results import CellResult, Outcome, Role

NB = "training_models"
SOFTMAX, ESSAY, ANSWER = "checks-Exercise 4 ", "why", "answer-Exercise 3 "


@pytest.fixture
def page(course, result):
    def made(of=result, penalty=0.0, late=0.0, **cells):
        marks = {(NB, cells.pop("at", ESSAY)): Mark(**cells)} if cells else {}
        beside = Beside(Marks(marks, {NB: penalty} if penalty else {}, late))
        soup = BeautifulSoup(render(course, of, beside), "html.parser")
        soup.style.decompose()
        return soup

    return made


def text(tag):
    return " ".join(tag.get_text(" ").split())


def test_a_marked_essay_counts_in_the_total(page):
    soup = page(points=1.5, max_points=2.0, comment="Think of the <b>bias</b> too.")
    assert "Your points 8 of 20 points" in text(soup.select_one(".score"))
    assert "Written answers: 1.5 of 2 points, marked by your teacher." in text(soup.select_one(".parts"))
    exercise = text(next(s for s in soup.select(".exercise") if "Exercise 6" in s.h3.get_text()))
    assert "Marked by your teacher 1.5 of 2 points" in exercise
    assert "Your teacher says: Think of the <b>bias</b> too." in exercise and not soup.select("bdi b")


def test_points_given_by_hand_go_before_the_automatic_ones_and_say_so(page):
    soup = page(at=SOFTMAX, points=3.0, extra=0.5, max_points=4.0)
    score = text(soup.select_one(".score"))
    assert "Your points so far 10 of 18 points" in score  # 6.5 automatic ones, none of them in this exercise
    assert "Checks, with points changed by your teacher: 10 of 18 points." in score
    exercise = text(next(s for s in soup.select(".exercise") if "Exercise 4" in s.h3.get_text()))
    assert "Marked by your teacher" in exercise and "3.5 of 4 points" in exercise
    assert "Your teacher gave the points of these checks by hand" in exercise


def test_being_late_is_taken_off_and_told(page):
    score = text(page(penalty=2.0, late=93_600.0).select_one(".score"))
    assert "4.5 of 18 points" in score and "Handed in 1 day 2 hours late: 2 points taken off." in score


def test_a_penalty_never_makes_less_than_nothing(page):
    assert "0 of 18 points" in text(page(penalty=50.0).select_one(".score"))


def test_a_comment_on_an_answer_stands_with_its_exercise(page):
    soup = page(at=ANSWER, comment="Nice, and `alpha` is well chosen.")
    exercise = next(s for s in soup.select(".exercise") if "Exercise 3" in s.h3.get_text())
    assert exercise.select_one(".remark code").get_text() == "alpha"
    assert "6.5 of 18 points" in text(soup.select_one(".score"))


def test_a_comment_on_a_cell_that_is_not_there_is_told_at_the_top(page):
    soup = page(at="removed", comment="Where is your answer?")
    assert "Your teacher says: Where is your answer?" in text(soup.select_one(".notice .remark"))


def test_points_given_before_the_last_grading_wait_for_another_look(page):
    soup = page(points=1.5, max_points=2.0, again=True)
    assert "You were graded anew since these points were given by hand." in text(soup)


def test_a_person_can_give_the_points_of_what_was_ungradable(page, result, build):
    ours = build.checks(
        "E", build.record("x", Outcome.UNGRADABLE, None, 4), outcome=Outcome.UNGRADABLE, points=None, most=4
    )
    lost = build.wrap(ours, outcome=Outcome.UNGRADABLE)
    assert "Not graded yet" in text(page(of=lost))
    score = text(page(of=lost, at=ours.cell_id, points=3.0, max_points=4.0).select_one(".score"))
    assert "3 of 4 points" in score and "A person gave the points" in score and "Not graded yet" not in score


def test_code_marked_by_hand_waits_and_is_marked(page, build):
    code = CellResult("plot", "code", Role.ANSWER, "plt.plot(x)", "Plot", max_points=3.0)
    of = build.wrap(code)
    assert "Marked by hand (3 points): waiting for your teacher." in text(page(of=of))
    assert "Marked by hand: 2 of 3 points." in text(page(of=of, at="plot", points=2.0, max_points=3.0))


def test_an_essay_that_was_left_blank_waits_for_nobody(page):
    soup = page(points=0.0, max_points=2.0, blank=True)
    assert "Your points 6.5 of 20 points" in text(soup.select_one(".score"))
    exercise = text(next(s for s in soup.select(".exercise") if "Exercise 6" in s.h3.get_text()))
    assert "Not yet 0 of 2 points" in exercise and "Nothing is written here" in exercise
    assert "your teacher" not in text(soup.select_one(".score")) and "teacher" not in exercise


def test_the_terminal_tells_the_same(course, result):
    marks = Marks({(NB, ESSAY): Mark(1.5, 0.0, 2.0, "Go on.")}, {NB: 1.0}, 60.0)
    said = [str(getattr(part, "renderable", part)) for part in terminal.show(course, result, Beside(marks))]
    assert {"7 of 20 points", "Handed in 1 minute late: 1 point taken off."} <= set(said)
    assert "Your teacher says: Go on." in said


def test_a_terminal_gets_no_control_characters_from_comments(course, result):
    marks = Marks({(NB, ESSAY): Mark(comment="\x1b[2Jgone")})
    shown = [str(getattr(part, "renderable", part)) for part in terminal.show(course, result, Beside(marks))]
    assert "Your teacher says: gone" in shown


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, ""), (1, "1 minute"), (3600, "1 hour"), (5400, "1 hour 30 minutes"), (180_060, "2 days 2 hours")],
)
def test_times_are_written_for_people(seconds, said):
    assert duration(seconds) == said


def test_marks_of_another_notebook_are_not_shown(course, result):
    marks = Marks({("other", ESSAY): Mark(1.5, comment="ELSEWHERE")}, {"other": 2.0})
    assert render(course, result, Beside(marks)) == render(course, result)
