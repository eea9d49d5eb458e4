"""The corpus of hostile work, opened in a real browser: nothing runs, loads, moves or covers our page."""
# ruff: noqa: E501

from __future__ import annotations

import csv
import io
import re
import shutil
from dataclasses import replace
from functools import cache

import pytest

from graders.course import Chapter, Course
from graders.export import KINDS, Grade, as_text
from graders.feedback import page
from graders.feedback.report import page as report
from graders.feedback.report.classwork import ClassWork
from graders.feedback.report.numbers import chapter_of
from graders.feedback.report.tables import tables_of
from graders.points import Person

from .payloads import PAYLOADS
from .test_injection import poisoned

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's package chromium")
HARMLESS = "harmless words"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
# What a reader would see of an attack: our own parts elsewhere, otherwise, or under something else.
LOOK = """() => {
  const seen = {};
  for (const name of [".kicker", "header dl", ".skip", ".sheet"]) {
    const it = document.querySelector(name);
    if (!it) continue; // the report has no such list
    const style = getComputedStyle(it), box = it.getBoundingClientRect();
    const names = ["display", "position", "visibility", "opacity", "color", "fontFamily", "zIndex", "transform"];
    seen[name] = [...names.map((one) => style[one]), Math.round(box.x), Math.round(box.width)];
  }
  const kicker = document.querySelector(".kicker").getBoundingClientRect();
  seen.top = [Math.round(kicker.y), kicker.height > 0];
  seen.covered = document.elementFromPoint(kicker.x + 5, kicker.y + 5)?.className;
  seen.hacked = document.documentElement.dataset.hacked ?? "";
  seen.foreign = [...document.querySelectorAll("*")].filter((it) =>
    it.tagName === "SCRIPT" || [...it.attributes].some((a) => /^(on|style$|formaction|ping|target)/.test(a.name))
  ).map((it) => it.outerHTML.slice(0, 200));
  return seen;
}"""


class Watched:
    """A tab that remembers everything a page did beyond being shown."""

    def __init__(self, tab) -> None:
        self._tab = tab
        self.did: list[str] = []
        tab.on("dialog", lambda dialog: (self.did.append(f"dialog {dialog.message}"), dialog.dismiss()))
        tab.on("request", lambda request: self._note("request", request.url))
        tab.on("framenavigated", lambda frame: self._note("went to", frame.url))
        tab.on("popup", lambda popup: self.did.append(f"popup {popup.url}"))
        tab.on("console", lambda message: self.did.append(f"console {message.text}"))
        tab.on("pageerror", lambda error: self.did.append(f"error {error}"))
        tab.on("download", lambda download: self.did.append(f"download {download.url}"))

    def _note(self, what: str, url: str) -> None:
        if url.split("#")[0] != self._at and not url.startswith("data:image/"):
            self.did.append(f"{what} {url[:200]}")

    def open(self, path, fragment: str = "") -> dict:
        """Open a file, let it do what it would, and return how our own parts of it look."""
        self.did.clear()
        self._at = path.as_uri()
        self._tab.goto(f"{self._at}{fragment}", wait_until="load")
        self._tab.evaluate("() => new Promise((done) => setTimeout(done, 20))")
        return self._tab.evaluate(LOOK) | {"title": self._tab.title()}


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def watched(chromium):
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    context.route(re.compile("^https?:"), lambda route: route.abort())  # should one ever be asked for
    yield Watched(context.new_page())
    context.close()


@cache
def student_page(payload):
    course = Course(id="homl", title="Course").model_copy(
        update={"chapters": {payload: Chapter(title="Chapter")}}
    )
    return page.render(course, replace(poisoned(payload), submitted_at="2026-01-02T03:04:05+00:00"))


@needs_chromium
@pytest.mark.parametrize("with_policy", [True, False], ids=["", "even without the policy"])
def test_nothing_runs_loads_or_covers_a_student_page(watched, tmp_path, with_policy):
    def opened(payload, fragment=""):
        html = student_page(payload)
        path = tmp_path / "page.html"
        path.write_text(html if with_policy else POLICY.sub("", html), encoding="utf-8")
        look = watched.open(path, fragment)
        title = look.pop("title")
        assert len(title) > 20 and title.startswith("Chapter: feedback for"), payload[:200]
        return look

    wanted = opened(HARMLESS)
    assert wanted["covered"] == "kicker" and wanted["foreign"] == [] and watched.did == []
    for payload in PAYLOADS:
        look = opened(payload)
        assert watched.did == [], payload[:200]
        # The name of the student stands in the header, so only its height may differ.
        assert look == wanted, payload[:200]


@needs_chromium
@pytest.mark.parametrize("fragment", ["#n1-e1", "#results"])
def test_a_target_of_an_address_changes_no_style(watched, tmp_path, fragment):
    path = tmp_path / "page.html"
    for payload in (p for p in PAYLOADS if "<style" in p or "popover" in p or "id=" in p):
        path.write_text(student_page(payload), encoding="utf-8")
        look = watched.open(path, fragment)
        assert watched.did == [] and look["foreign"] == [] and look["hacked"] == "", payload[:200]
        assert look[".kicker"][:4] == ["block", "static", "visible", "1"], payload[:200]


def hostile_class() -> ClassWork:
    results = tuple(
        replace(poisoned(p), student=f"{p[:3000]}{i}", chapter="c", audit=(p[:3000],))
        for i, p in enumerate(PAYLOADS)
    )
    missing = tuple(p[:3000] for p in PAYLOADS)
    return ClassWork(("c",), results, missing, {"c": {one.student: 90.0 for one in results}})


@needs_chromium
@pytest.mark.parametrize("with_policy", [True, False], ids=["", "even without the policy"])
def test_nothing_runs_loads_or_covers_the_class_report(watched, build, tmp_path, with_policy):
    course = build.course().model_copy(update={"chapters": {"c": Chapter(title="Chapter")}})
    html = report.render(course, hostile_class())
    path = tmp_path / "report.html"
    path.write_text(html if with_policy else POLICY.sub("", html), encoding="utf-8")
    watched._tab.set_default_timeout(60_000)
    look = watched.open(path)
    assert watched.did == [] and look["hacked"] == "" and look["foreign"] == []
    assert look["covered"] == "kicker" and look["title"] == "Class report: Chapter"


# -- spreadsheets ---------------------------------------------------------------------------------


def formulas(text: str) -> list[str]:
    """The fields that a spreadsheet would take for formulas; numbers are numbers."""
    fields = [field for row in csv.reader(io.StringIO(text)) for field in row]
    return [f for f in fields if f.strip()[:1] in set("=+-@＝＋－＠") and not re.fullmatch(r"-?[\d.e+-]+", f)]


def test_no_field_of_the_reports_tables_is_a_formula(build):
    work = hostile_class()
    for name, text in tables_of(work, (chapter_of("c", work.results),)).items():
        assert formulas(text) == [], name


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_of_exported_grades_is_a_formula(build, kind):
    grades = [Grade(Person(p, p, p, p), p, 1.0, 2.0) for p in PAYLOADS]
    assert formulas(as_text(build.course(), grades, kind)) == []
