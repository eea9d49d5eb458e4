"""What a student reads on a feedback page, and where it is written."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from graders.errors import SubmissionError
from graders.feedback.page import MAX_BYTES, render, render_notebook, write
from graders.results import (
    CellError,
    CellResult,
    NotebookResult,
    Outcome,
    Role,
    SubmissionResult,
    from_json,
    to_json,
)

ANY_SCORE = re.compile(r"\d+(\.\d+)? of \d+(\.\d+)? points|\d+%")


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def said(html: str) -> str:
    page = soup(html)
    page.style.decompose()
    return " ".join(page.get_text(" ").split())


def check_with(html: str, asked: str) -> str:
    """The words of one check."""
    found = soup(html).find("p", class_="asked", string=asked)
    return " ".join(found.find_parent("li").get_text(" ").split())


def exercise_with(html: str, start: str) -> str:
    found = next(h for h in soup(html).select("section.exercise") if h.h3.get_text().startswith(start))
    return " ".join(found.get_text(" ").split())


def test_the_heading_tells_whose_page_it_is(course, result):
    words = said(render(course, result))
    assert "4. Training models" in soup(render(course, result)).h1
    assert "For ada" in words and "Notebook training_models" in words and "2026-11-18 14:05 UTC" in words


def test_the_total_counts_automatic_points_and_essays_wait(course, result):
    words = said(render(course, result))
    assert "6.5 of 18 points" in words
    assert "5 of 12 checks passed" in words
    assert "Written answers (2 points): waiting for your teacher." in words


def test_marked_essays_are_told(course, build):
    essay = CellResult("e", "markdown", Role.ESSAY, "because", "Why", points=1.5, max_points=2.0)
    words = said(render(course, build.wrap(essay)))
    assert "1.5 of 2 points, marked by your teacher" in words and "waiting" not in words.lower()


def test_exercises_stand_in_the_order_of_the_notebook(course, result):
    titles = [h.get_text() for h in soup(render(course, result)).select("section.exercise h3")]
    assert [title[:10] for title in titles] == [f"Exercise {n}" for n in range(1, 7)]


def test_several_checks_cells_of_one_exercise_are_one_group(course, build):
    cells = [
        build.checks(
            "E", build.record(f"part {n}", Outcome.PASSED, n, n), outcome=Outcome.PASSED, points=n, most=n
        )
        for n in (1.0, 2.0)
    ]
    html = render(course, build.wrap(*cells, outcome=Outcome.PASSED))
    assert len(soup(html).select("section.exercise")) == 1
    assert "3 of 3 points" in exercise_with(html, "E") and "Every check passed" in said(html)


def test_a_failed_check_says_what_was_asked_found_and_worth_trying(course, result):
    words = check_with(render(course, result), "ridge leaves the intercept unpenalised")
    assert "Partly there 0.5 of 1 point Checked on data you have not seen" in words
    assert "Asked for the same intercept for every alpha" in words
    assert "Found changes by 0.8" in words and "First difference at position 0." in words
    assert "Hint: Which entry" in words


def test_names_between_backticks_are_code(course, build):
    seen = build.record("`fit(X)` & co", Outcome.FAILED, 0, 1, hint="try `a < b` or `", detail="`x`")
    cell = build.checks("E", seen, outcome=Outcome.FAILED, points=0, most=1)
    item = soup(render(course, build.wrap(cell))).select_one("li.check")
    assert [code.get_text() for code in item.find_all("code")] == ["fit(X)", "x", "a < b"]
    assert "fit(X) & co" in item.get_text() and item.get_text().count("`") == 1


def test_what_the_head_says_is_not_said_again(course, build):
    lost = "The notebook cannot be read."
    cell = build.checks(
        "E",
        build.record("it runs", Outcome.SKIPPED, 0, 1, detail=lost),
        outcome=Outcome.SKIPPED,
        points=0,
        most=1,
    )
    assert said(render(course, replace(build.wrap(cell, message=lost), message=lost))).count(lost) == 1


def test_a_passed_check_needs_no_hint(course, build):
    passed = build.record("done", Outcome.PASSED, 1, 1, hint="USELESS")
    cell = build.checks("E", passed, outcome=Outcome.PASSED, points=1, most=1)
    assert "USELESS" not in render(course, build.wrap(cell))


def test_visible_checks_without_points_are_practice(course, result):
    words = check_with(render(course, result), "standardise returns two tables of the same shapes")
    assert "no points, just for practice" in words and "You could run this check yourself" in words


@pytest.mark.parametrize(
    ("outcome", "word", "sentence"),
    [
        (Outcome.PASSED, "Passed", ""),
        (Outcome.FAILED, "Not yet", ""),
        (Outcome.SKIPPED, "Skipped", "something it builds on did not work"),
        (Outcome.TIMED_OUT, "Out of time", "took longer than it may"),
        (Outcome.OUT_OF_MEMORY, "Out of memory", "more memory than it may"),
        (Outcome.CRASHED, "Stopped", "Python itself ended"),
        (Outcome.UNGRADABLE, "Not graded yet", "A person will look"),
    ],
)
def test_every_outcome_has_a_word_a_drawing_and_a_reason(course, build, outcome, word, sentence):
    points = None if outcome is Outcome.UNGRADABLE else 0.0
    cell = build.checks(
        "E", build.record("it works", outcome, points, 2), outcome=outcome, points=points, most=2
    )
    html = render(course, build.wrap(cell, outcome=outcome))
    item = soup(html).select_one("li.check")
    assert item.select_one(".word").get_text() == word
    assert item.find("svg", attrs={"aria-hidden": "true"}) and sentence in item.get_text()


def test_an_error_is_told_with_its_line_and_help(course, result):
    words = exercise_with(render(course, result), "Exercise 4")
    assert "AttributeError: 'Softmax' object has no attribute 'b'" in words
    assert (
        said(render(course, result)).count("----> 5 logits = X @ self.W + self.b") == 1
    )  # not in the outputs again
    assert "----> 5 logits" in words
    assert "You asked an object for something it does not have." in words


def test_an_error_outside_the_exercises_is_told_too(course, build):
    broken = build.answer(
        "", "1 / 0", role=Role.ADDED, outcome=Outcome.FAILED, error=CellError("ZeroDivisionError", "no")
    )
    words = said(render(course, build.wrap(broken)))
    assert "Errors in your notebook" in words and "ZeroDivisionError: no" in words


def test_an_endless_answer_is_told_without_an_exception(course, build):
    endless = build.answer("E", "while True: pass", outcome=Outcome.TIMED_OUT)
    waiting = build.record("it ends", Outcome.SKIPPED, 0, 1)
    cell = build.checks("E", waiting, outcome=Outcome.SKIPPED, points=0, most=1)
    assert "This cell ran longer than it may and was stopped." in exercise_with(
        render(course, build.wrap(endless, cell)), "E"
    )


def test_plain_asserts_without_records_are_one_check(course, build):
    cell = build.checks("E", outcome=Outcome.FAILED, points=0.0, most=3.0)
    words = exercise_with(render(course, build.wrap(cell)), "E")
    assert "All the tests of this step pass Not yet 0 of 3 points" in words
    assert "You could run" not in words and "have not seen" not in words


def test_message_and_notes_tell_what_was_done(course, result):
    words = said(render(course, replace(result, message="Handed in after the due date.")))
    assert "Handed in after the due date." in words
    assert "we ran the original" in words and "The file random.py was left out" in words


@pytest.mark.parametrize("level", ["submission", "notebook"])
def test_ungradable_shows_no_score_anywhere(course, result, level):
    if level == "submission":
        result = replace(result, outcome=Outcome.UNGRADABLE)
    else:
        result = replace(result, notebooks=(replace(result.notebooks[0], outcome=Outcome.UNGRADABLE),))
    words = said(render(course, result))
    assert "Not graded yet" in words and "A person will look" in words
    assert not ANY_SCORE.search(words)


def test_one_ungradable_check_leaves_no_total(course, build):
    good = build.checks("A", build.record("a", Outcome.PASSED, 1, 1), outcome=Outcome.PASSED, points=1, most=1)
    # A stale number must not be shown even where a record still carries one.
    ours = build.record("b", Outcome.UNGRADABLE, 0.75, 2)
    bad = build.checks("B", ours, outcome=Outcome.UNGRADABLE, points=None, most=2)
    words = said(render(course, build.wrap(good, bad)))
    assert "Not graded yet" in words and "0.75" not in words and not ANY_SCORE.search(words)


def test_staff_notes_and_other_metrics_never_reach_the_page(course, result, build):
    html = render(course, result)
    assert build.staff not in html and build.metric not in html and "assert hidden" not in html


def test_given_cells_and_prose_are_not_repeated(course, result):
    html = render(course, result)
    assert "GIVEN_NOT_REPEATED" not in html and "PROSE-NOT-REPEATED" not in html


def test_own_work_is_shown_with_its_outputs(course, result):
    page = soup(render(course, result))
    words = said(str(page))
    assert "def standardise(X_train, X_new):" in page.select_one("article.work code").get_text()
    assert "epoch 3/3 done" in words and "epoch 1/3" not in words  # a progress bar leaves its last state
    assert "RuntimeWarning: overflow" in words and "A cell you added" in words
    assert page.select_one("article .rich table td").get_text() == "0.1"
    assert page.select_one("article img")["src"].startswith("data:image/png;base64,")
    essay = page.find_all("article")[-1]
    assert essay.strong.get_text() == "shrinks" and len(essay.find_all("li")) == 2 and essay.table


def test_links_inside_the_page_lead_somewhere(course, result):
    page = soup(render(course, replace(result, notebooks=result.notebooks * 2)))
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {a["href"] for a in page.find_all("a")} <= {f"#{one}" for one in ids}


def test_rendering_twice_and_after_json_gives_the_same_bytes(course, result):
    once = render(course, result)
    assert once == render(course, result) == render(course, from_json(to_json(result)))


def test_one_page_per_notebook(course, result):
    second = NotebookResult("appendix", Outcome.PASSED)
    both = replace(result, notebooks=(*result.notebooks, second))
    html = render_notebook(course, both, second)
    assert "Notebook appendix" in said(html) and "Softmax" not in html
    assert "Softmax" in render(course, both) and "appendix" in render(course, both)


def test_the_policy_allows_our_style_sheet_and_nothing_else(course, result):
    page = soup(render(course, result))
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    digest = base64.b64encode(hashlib.sha256(page.style.string.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;")
    assert not page.find_all(style=True) and not page.find_all("script")
    assert page.html["lang"] == "en" and page.find("meta", attrs={"name": "viewport"})


def test_a_huge_submission_still_fits(course, build):
    noise = "<&\"'>" * 20_000
    big = base64.b64encode(build.png(300, 300) + bytes(250_000)).decode()
    outputs = (
        build.stream(noise),
        build.display(png=big),
        build.display(html=f"<p>{noise}"),
        build.display(svg=noise),
    )
    mine = [build.answer("E", noise, *outputs * 8, error=CellError(noise, noise, noise)) for _ in range(30)]
    records = [
        build.record(noise, Outcome.FAILED, 0, 1, required=noise, measured=noise, detail=noise, hint=noise)
        for _ in range(600)
    ]
    cell = build.checks(noise, *records, outcome=Outcome.FAILED, points=0, most=600)
    result = build.wrap(*mine, cell, message=noise, notes=(noise,) * 500)
    result = replace(result, message=noise, submitted_at=noise, student=noise)
    for many in (result, replace(result, notebooks=result.notebooks * 25)):
        html = render(course, many)
        assert len(html.encode()) < MAX_BYTES
    assert "0 of 600 points" in said(render(course, result))


def test_work_is_cut_before_results_are(course, build):
    pictures = [build.display(png=base64.b64encode(build.png() + bytes(200_000)).decode()) for _ in range(6)]
    mine = [build.answer("E", f"plot({n})", picture) for n, picture in enumerate(pictures)]
    cell = build.checks(
        "E", build.record("it plots", Outcome.PASSED, 1, 1), outcome=Outcome.PASSED, points=1, most=1
    )
    html = render(course, build.wrap(*mine, cell))
    assert len(html.encode()) < MAX_BYTES and "it plots" in html
    assert len(
        soup(html).find_all("img")
    ) == 2 and "Further outputs of this cell, not shown here to keep this page small: 1." in said(html)
    assert len(soup(html).find_all("article")) == 6  # the code of all six is still there


def test_a_long_text_says_how_much_is_missing(course, build):
    cell = build.answer("E", "x", build.stream("a" * 15_000 + "b" * 15_000))
    words = said(render(course, build.wrap(cell)))
    assert "[… 10000 characters not shown …]" in words and words.count("b") > 6000


class TestWrite:
    def test_pages_stand_where_nbgrader_looks(self, tmp_path, build, result):
        course = build.course(root=tmp_path)
        paths = write(course, result)
        assert paths == [tmp_path / "feedback/ada/ch04_training_models/training_models.html"]
        assert paths[0].read_text(encoding="utf-8") == render_notebook(course, result, result.notebooks[0])
        assert os.stat(paths[0]).st_mode & 0o777 == 0o644

    def test_a_second_result_replaces_the_first(self, tmp_path, build, result):
        course = build.course(root=tmp_path)
        (path,) = write(course, result)
        with path.open(encoding="utf-8") as reading:
            write(course, replace(result, outcome=Outcome.UNGRADABLE))
            assert reading.read() == render(course, result)  # who reads meanwhile gets the old page whole
        assert "6.5" not in said(path.read_text(encoding="utf-8"))
        assert [p.name for p in path.parent.iterdir()] == ["training_models.html"]

    def test_a_page_that_did_not_change_is_left_alone(self, tmp_path, build, result):
        course = build.course(root=tmp_path)
        (path,) = write(course, result)
        before = path.stat().st_ino
        write(course, result)
        assert path.stat().st_ino == before
        write(course.model_copy(update={"language": "de"}), result)
        assert path.stat().st_ino != before

    def test_a_failed_write_leaves_the_old_page(self, tmp_path, build, result, monkeypatch):
        course = build.course(root=tmp_path)
        (path,) = write(course, result)
        before = path.read_bytes()

        def full(*_):
            raise OSError("No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            write(course, replace(result, outcome=Outcome.UNGRADABLE))
        assert path.read_bytes() == before and len(list(path.parent.iterdir())) == 1

    def test_an_unreadable_submission_gets_a_page_for_every_notebook_of_the_chapter(self, tmp_path, build):
        course = build.course(root=tmp_path)
        source = tmp_path / "source/ch04_training_models"
        source.mkdir(parents=True)
        (source / "training_models.ipynb").write_text("{}")
        lost = SubmissionResult(
            "homl", "ch04_training_models", "ada", Outcome.FAILED, message="This is not a notebook."
        )
        (path,) = write(course, lost)
        assert path.name == "training_models.html" and "This is not a notebook." in path.read_text(
            encoding="utf-8"
        )

    @pytest.mark.parametrize("name", ["../eve", "a/b", "", ".", "..", "a\0b", "back\\slash", "x" * 300])
    @pytest.mark.parametrize("field", ["student", "chapter", "notebook"])
    def test_names_cannot_leave_the_folder(self, tmp_path, build, result, name, field):
        if field == "notebook":
            bad = replace(result, notebooks=(replace(result.notebooks[0], name=name),))
        else:
            bad = replace(result, **{field: name})
        with pytest.raises(SubmissionError, match="cannot be the name"):
            write(build.course(root=tmp_path), bad)
        assert not any(tmp_path.rglob("*.html"))

    def test_a_link_in_the_hand_in_is_not_followed(self, tmp_path, build, result):
        secret = tmp_path / "gradebook.db"
        secret.write_text("marks")
        submitted = tmp_path / "submitted/ada/ch04_training_models"
        submitted.mkdir(parents=True)
        (submitted / "timestamp.txt").symlink_to(secret)
        (path,) = write(build.course(root=tmp_path), result)
        assert not (path.parent / "timestamp.txt").exists()

    def test_nbgrader_releases_the_page(self, tmp_path, build, result):
        root, exchange = tmp_path / "course", tmp_path / "exchange"
        submitted = root / "submitted/ada/ch04_training_models"
        submitted.mkdir(parents=True)
        exchange.mkdir()
        exchange.chmod(0o777)
        (submitted / "timestamp.txt").write_text("2026-11-18 14:05:00 UTC")
        (submitted / "submission_secret.txt").write_text("s3cret")
        (root / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.CourseDirectory.course_id = 'homl'\nc.CourseDirectory.root = {str(root)!r}\n"
            f"c.Exchange.root = {str(exchange)!r}\n"
        )
        (path,) = write(build.course(root=root), result)
        nbgrader = Path(sys.executable).with_name("nbgrader")
        command = [nbgrader, "release_feedback", "ch04_training_models"]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
        released = list((exchange / "homl/feedback").glob("*.html"))
        assert len(released) == 1, done.stderr
        assert released[0].read_bytes() == path.read_bytes()


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_a_browser_applies_the_style_and_reports_nothing(tmp_path, course, result):
    page = tmp_path / "page.html"
    page.write_text(render(course, result), encoding="utf-8")
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    command += [
        "--enable-logging=stderr",
        f"--screenshot={tmp_path / 'page.png'}",
        "--window-size=400,300",
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (tmp_path / "page.png").stat().st_size > 5000
    assert "CONSOLE" not in done.stderr  # a violated policy is reported on the console
