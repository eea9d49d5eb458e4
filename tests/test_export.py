"""Grades for other systems: what they can import, nothing that is not final, nothing that becomes a formula."""

import csv
import io

import pytest

from graders.course import Chapter, Course
from graders.errors import UsageError
from graders.export import Grade, as_text, grades
from graders.gradebook import Gradebook
from graders.points import Person

COURSE = Course(id="small", chapters={"ch01": Chapter(title="1. Small"), "ch02": Chapter()})
ADA = Person("ada", "Lovelace, Ada", "ada@example.org", "417")
BOB = Person("bob")
FOUND = [
    Grade(ADA, "ch01", 7.5, 8, by_hand=2, late_penalty=0.5),
    Grade(BOB, "ch01", 4, 8, status="waiting"),
    Grade(ADA, "ch02", None, 10, status="missing"),
    Grade(BOB, "ch02", 9, 10),
]


def table(kind, found=FOUND, **more):
    return list(csv.reader(io.StringIO(as_text(COURSE, found, kind, **more))))


def test_the_plain_table_has_a_row_for_every_student_and_chapter():
    assert table("csv") == [
        ["student", "chapter", "points", "maximum", "by hand", "late penalty", "status"],
        ["ada", "ch01", "7.5", "8", "2", "0.5", "graded"],
        ["bob", "ch01", "4", "8", "0", "0", "waiting"],
        ["ada", "ch02", "", "10", "0", "0", "missing"],
        ["bob", "ch02", "9", "10", "0", "0", "graded"],
    ]


def test_canvas_gets_its_columns_the_possible_points_and_only_what_is_final():
    assert table("canvas") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "1. Small", "ch02"],
        ["Points Possible", "", "", "", "", "8", "10"],
        ["Lovelace, Ada", "417", "", "ada", "", "7.5", ""],
        ["", "", "", "bob", "", "", "9"],
    ]
    assert table("canvas", unfinished=True)[3][5] == "4"


def test_moodle_gets_names_to_map_from():
    assert table("moodle") == [
        ["username", "email", "1. Small", "ch02"],
        ["ada", "ada@example.org", "7.5", ""],
        ["bob", "", "", "9"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_name_becomes_a_formula_in_a_spreadsheet(name):
    text = as_text(COURSE, [Grade(Person(name), "ch01", 1, 8)], "csv")
    assert f"'{name}" in text


def test_an_unknown_format_is_refused_by_name():
    with pytest.raises(UsageError, match="'excel'"):
        as_text(COURSE, FOUND, "excel")


@pytest.mark.slow
def test_grades_are_those_of_the_gradebook_with_people_who_handed_in_nothing(tiny_course, graded):
    with Gradebook(tiny_course.course) as book:
        book._book.add_student("zoe", first_name="Zoe", last_name="Null")
    found = {grade.person.student: grade for grade in grades(tiny_course.course, [tiny_course.first])}
    assert (found["ada"].points, found["ada"].most) == (8, 10)  # two are for an essay
    assert found["ada"].status == "waiting"
    assert (found["zoe"].points, found["zoe"].status, found["zoe"].person.listed) == (
        None,
        "missing",
        "Null, Zoe",
    )


@pytest.fixture
def graded(tiny_course):
    """One submission of the tiny course, graded."""
    from graders.batch.autograde import autograde

    tiny_course.hand_in("ada")
    return autograde(tiny_course.course, [tiny_course.first], jobs=1)
