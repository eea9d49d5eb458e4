"""What staff read in the class report, and where it is written."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import stat

import pytest
from bs4 import BeautifulSoup

from graders.errors import UsageError
from graders.feedback.report.page import MAX_BYTES, render, write
from graders.results import Outcome

ATTACK = "<script>alert(1)</script>\x1b[31m\u202e"


def soup(html):
    return BeautifulSoup(html, "html.parser")


def said(html):
    page = soup(html)
    page.style.decompose()
    return " ".join(page.get_text(" ").split())


def section(html, title):
    heading = next(h for h in soup(html).select("h3") if h.get_text() == title)
    return " ".join(heading.find_parent("section").get_text(" ").split())


def test_the_page_says_that_it_is_for_staff(course, build):
    assert "For staff only." in said(render(course, build.work(build.five())))


def test_the_figures_at_the_top_have_their_n(course, build):
    tiles = soup(render(course, build.work(build.five(), students=("ada", "zoe")))).select(".tiles li")
    assert [" ".join(tile.get_text(" ").split()) for tile in tiles] == [
        "5 handed in of 6 students",
        "6 median points of 10; mean 5.4, n = 5",
        "1 with full points n = 5",
        "0 need a look ungradable, stopped or unreadable",
    ]


def test_the_distribution_is_also_a_table(course, build):
    rows = soup(render(course, build.work(build.five()))).select("details table tbody tr")
    assert [row.get_text(" ") for row in rows][-1] == "9 to 10 1"
    assert sum(int(row.select("td")[1].get_text()) for row in rows) == 5


def test_exercises_show_difficulty_and_discrimination(course, build):
    words = section(render(course, build.work(build.five())), "Exercises")
    assert "60%" in words and "2.4 of 4 points" in words and "0.90 0.06 to 0.99" in words


def test_small_classes_are_told_that_they_are_too_few(course, build):
    words = section(render(course, build.work(build.five()[:4])), "Exercises")
    assert words.count("too few (n = 4)") == 2


def test_an_exercise_that_tells_students_apart_the_wrong_way_stands_out(course, build):
    turned = [
        build.result(
            f"s{i}",
            build.checks("A", build.record("a#1", float(i), 5.0)),
            build.checks("B", build.record("b#1", 5.0 - i, 5.0)),
        )
        for i in range(6)
    ]
    weak = soup(render(course, build.work(turned))).select(".exercises .tells .part")
    assert [mark.get_text() for mark in weak if mark.get_text()] == ["−1.00", "−1.00"]


def test_missing_students_are_listed(course, build):
    html = render(course, build.work(build.five(), students=("ada", "zoe", "yan")))
    assert "2 of 3. yan zoe" in section(html, "Not handed in")


def test_late_students_are_listed_the_latest_first(course, build):
    late = {build.chapter: {"ada": 90.0, "bob": 93_600.0, "cem": 0.0, "gone": 50.0}}
    words = section(render(course, build.work(build.five(), late=late)), "Handed in late")
    assert words.endswith("student late by points bob 1 d 2 h 7 ada 2 min 10")


def test_those_who_need_a_look_come_with_the_reason_our_faults_first(course, build):
    stopped = build.result("abe", build.checks("A", outcome=Outcome.CRASHED), outcome=Outcome.CRASHED)
    ours = build.result("zoe", outcome=Outcome.UNGRADABLE, staff="the disk was full")
    words = section(render(course, build.work([*build.five(), stopped, ours])), "Who needs a look")
    assert words.index("zoe ungradable: our fault the disk was full") < words.index("abe something ended its")


def test_scores_at_the_border_are_listed_with_interval_and_target(course, build):
    close = {"score": 41_234.0, "target": 42_500.0, "interval": [39_000.0, 43_100.0]}
    far = {"score": 60_000.0, "target": 42_500.0, "interval": [55_000.0, 65_000.0]}
    results = [
        build.result(
            "ada", build.checks("A", build.record("a#1", 1, 1, asked="The RMSE is small", metrics=close))
        ),
        build.result(
            "bob", build.checks("A", build.record("a#1", 0, 1, asked="The RMSE is small", metrics=far))
        ),
    ]
    words = section(render(course, build.work(results)), "At the border of a threshold")
    assert "ada The RMSE is small 41,234 39,000 to 43,100 42,500 passed" in words and "bob" not in words


def test_a_check_without_points_has_no_border(course, build):
    close = {"score": 0.9, "target": 0.9, "interval": [0.8, 1.0]}
    practice = build.result("ada", build.checks("A", build.record("a#1", 0, 0, metrics=close)))
    assert "(scores looked at: 0)" in section(
        render(course, build.work([practice])), "At the border of a threshold"
    )


def test_times_near_their_budget_are_listed(course, build):
    def timed(student, ratio):
        metrics = {"ratio": ratio, "limit": 5.0}
        return build.result(student, build.checks("A", build.record("a#1", 0, 1, metrics=metrics)))

    words = section(
        render(course, build.work([timed("ada", 5.5), timed("bob", 50.0), timed("cem", 1.0)])),
        "At the border of a time budget",
    )
    assert "ada asked a#1 110% not passed" in words and "bob" not in words and "cem" not in words


def test_empty_lists_say_so(course, build):
    words = said(render(course, build.work(build.five(), students=("ada",))))
    for nothing in ("Nobody: everything", "Everybody in the gradebook", "No hint was given", "Nothing unusual"):
        assert nothing in words
    assert "(scores looked at: 0)" in words


def test_names_facts_and_questions_of_others_stay_text(course, build):
    record = build.record("a#1", 0, 1, asked=ATTACK, hint=ATTACK)
    hostile = build.result(ATTACK, build.checks(ATTACK, record), audit=(ATTACK,), message=ATTACK)
    html = render(course, build.work([hostile], students=(ATTACK + "2",)))
    assert soup(html).find("script") is None
    assert "\x1b" not in html and "\u202e" not in html
    assert said(html).count("alert(1)") >= 5


def test_the_policy_lets_in_our_style_and_nothing_else(course, build):
    page = soup(render(course, build.work(build.five())))
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    digest = base64.b64encode(hashlib.sha256(page.style.string.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert page.select("[style]") == [] and page.select("[src]") == [] and page.select("link") == []


def test_links_lead_somewhere_and_ids_are_unique(course, build):
    other = build.five(chapter="ch05")
    page = soup(render(course, build.work([*build.five(), *other])))
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in page.select("a")} <= set(ids)


def test_several_chapters_have_an_overview(course, build):
    html = render(course, build.work([*build.five(), *build.five(chapter="ch05")], students=("ada", "zoe")))
    rows = [row.get_text(" ", strip=True) for row in soup(html).select("section:has(#overview) tbody tr")]
    assert rows == ["4. Training models 5 6 5.4 10 0 1", "5. Machines 5 6 5.4 10 0 1"]


def test_the_overview_counts_those_whose_points_it_is_made_of(course, build):
    lost = build.result("zoe", outcome=Outcome.UNGRADABLE)
    html = render(course, build.work([*build.five(), lost, *build.five(chapter="ch05")]))
    rows = [row.get_text(" ", strip=True) for row in soup(html).select("section:has(#overview) tbody tr")]
    assert rows[0] == "4. Training models 5 6 5.4 10 1 –"


def test_chapters_that_nobody_handed_in_are_named(course, build):
    html = render(course, build.work(build.five(), chapters=(build.chapter, "ch05")))
    assert "Nothing was graded yet in: 5. Machines." in said(html)


def test_the_same_results_in_another_order_give_the_same_bytes(course, build):
    results = build.five()
    assert render(course, build.work(results)) == render(course, build.work(results[::-1]))


def test_a_page_and_its_tables_are_written_for_a_chapter(course, build):
    paths = write(course, build.work(build.five()))
    names = ["students", "exercises", "checks", "margins", "hints", "facts"]
    assert [path.name for path in paths[:1]] == [f"{build.chapter}.html"]
    assert {path.name for path in paths[1:]} >= {f"{build.chapter}-{name}.csv" for name in names}
    assert all(not stat.S_IMODE(path.stat().st_mode) & stat.S_IROTH for path in paths)


def test_several_chapters_make_one_page_of_the_class(course, build):
    paths = write(course, build.work([*build.five(), *build.five(chapter="ch05")]))
    assert paths[0] == course.root / "report" / "class.html"


def test_the_table_of_students_has_everybody(course, build):
    write(course, build.work(build.five(), students=("ada", "=zoe"), late={build.chapter: {"bob": 60.0}}))
    with (course.root / "report" / f"{build.chapter}-students.csv").open() as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert (rows["bob"]["points"], rows["bob"]["late seconds"]) == ("7", "60")
    assert (rows["'=zoe"]["outcome"], rows["'=zoe"]["points"]) == ("missing", "")


def test_a_report_too_large_for_a_page_leaves_drawings_out_and_keeps_their_words(course, build, monkeypatch):
    metrics = {"score": 0.9, "target": 0.8, "interval": [0.7, 0.95]}
    drawn = build.work([build.result("ada", build.checks("A", build.record("a#1", 1, 1, metrics=metrics)))])
    assert soup(render(course, drawn)).select(".strip svg")
    monkeypatch.setattr("graders.feedback.report.page.MAX_BYTES", 1)
    small = soup(render(course, drawn))
    assert small.select(".strip svg") == [] and "median 0.9, asked for 0.8" in said(str(small))


def test_nothing_graded_is_an_error_that_says_what_to_do(course, build):
    with pytest.raises(UsageError, match="Nothing was graded yet") as caught:
        write(course, build.work([], chapters=("ch05",)))
    assert "graders autograde" in caught.value.hint


def test_a_thousand_students_fit_on_a_page_and_say_how_many_more(course, build):
    def one(i):
        metrics = {"score": 0.8 + i / 10_000, "target": 0.85, "interval": [0.7, 0.95]}
        records = [
            build.record(f"a#{k}", float(i % 3 == 0), 1.0, metrics=metrics, hint=f"{k}") for k in range(20)
        ]
        return build.result(f"student{i:04}", build.checks("A", *records), audit=(f"fact {i}",))

    html = render(course, build.work([one(i) for i in range(1000)]))
    assert len(html.encode()) < MAX_BYTES
    assert "And 19950 more" in section(html, "At the border of a threshold")
    assert len(re.findall("n = 1000", html)) > 20


def test_a_chapter_without_points_has_a_page_too(course, build):
    practice = build.result("ada", build.checks("A", build.record("a#1", 0.0, 0.0)))
    html = render(course, build.work([practice]))
    assert "no points" in section(html, "Checks, one by one") and soup(html).select(".columns") == []
