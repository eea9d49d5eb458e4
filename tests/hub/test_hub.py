"""A real hub, its proxy, servers under accounts of their own, and a real browser: who may do and see what."""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from graders import check
from graders.batch.ledger import Ledger
from graders.course import load_course
from graders.hub.exchange import feedback_name
from graders.hub.intake import Intake
from graders.notebooks.roles import role_of
from graders.results import Role

from .lab import Lab
from .trial import CHAPTER, ROOT, Trial, book_course, lacks

WRONG = """def lin_fit(X, y):
    return np.zeros(X.shape[1] + 1)

def lin_predict(X, theta):
    return theta[0] + X @ theta[1:]
"""
CLASS = [f"student{number:02}" for number in range(12)]
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="module")
def trial(tmp_path_factory, make_tiny):
    if why := lacks():
        pytest.skip(why)
    tiny = make_tiny(tmp_path_factory.mktemp("small") / "course")
    book = book_course(tmp_path_factory.mktemp("book"))
    courses = {
        "book": (book, ["ines"], ["ada", "bob"]),
        "tiny": (tiny.course.root, ["otto"], ["carl", *CLASS]),
    }
    hub = Trial(Path(f"/tmp/hub-{os.getpid()}"), courses, ["mallory"])  # short, and all accounts can reach it
    hub.tiny = tiny
    try:
        hub.prepare()
        hub.start()
        yield hub
    finally:
        hub.stop()
        shutil.rmtree(hub.folder, ignore_errors=True)


def submit(hub: Trial, student: str, answers=None) -> Path:
    return hub.submit("tiny", student, hub.tiny.first, hub.tiny.notebook(answers))


def arrivals(hub: Trial, course: str = "tiny"):
    return hub.arrivals(course)


def wait_until(true, seconds: float = 400) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.1)


# -- who may see what -----------------------------------------------------------------------------

PAGES = [
    ("GET", "/services/grading-book/", False),
    ("GET", "/services/grading-book/mine", False),
    ("GET", "/services/grading-book/mine/events", False),
    ("GET", f"/services/grading-book/mine/feedback/{CHAPTER}/{CHAPTER}", False),
    ("GET", "/services/grading-book/class", True),
    ("GET", "/services/grading-book/class/events", True),
    ("GET", "/services/grading-book/students/ada", True),
    ("GET", f"/services/grading-book/students/ada/feedback/{CHAPTER}/{CHAPTER}", True),
    ("GET", f"/services/grading-book/ask/regrade?chapter={CHAPTER}&student=ada", True),
    ("POST", "/services/grading-book/ask/regrade", True),
    ("POST", "/services/grading-book/ask/accept", True),
    ("GET", "/services/formgrader-book/formgrader", True),
    ("GET", "/services/formgrader-book/lab", True),
    ("GET", "/services/formgrader-book/formgrader/api/assignments", True),
    ("GET", "/services/formgrader-book/api/contents", True),
]


def test_the_table_of_pages_is_complete():
    from graders.hub.service import Page

    page = Page(load_course(ROOT), None, None, "/services/grading-book/")
    paths = {(method, path.split("{")[0].rstrip("/") or "/", staff) for method, path, _, staff in page.table()}
    tested = {
        (method, path.removeprefix("/services/grading-book").split("?")[0], staff)
        for method, path, staff in PAGES
        if "grading-book" in path
    }
    assert {
        p for p in paths if not any((p[0], p[2]) == (m, s) and t.startswith(p[1]) for m, t, s in tested)
    } == set()


@pytest.fixture(scope="module")
def people(trial):
    """Everybody's browser, logged in once."""
    return {name: trial.browser(name) for name in ("ada", "bob", "ines", "otto", "carl", "mallory")}


def status(client: httpx.Client, method: str, path: str) -> int:
    """What somebody gets in the end, without reading streams to their end."""
    with client.stream(method, path) as answer:
        return answer.status_code


@pytest.mark.parametrize(
    "who", ["mallory", "carl", "otto"], ids=["outsider", "student elsewhere", "staff elsewhere"]
)
def test_who_is_not_in_the_course_is_refused_everywhere(people, who):
    got = {path: status(people[who], method, path) for method, path, _ in PAGES}
    assert {path: code for path, code in got.items() if code != 403} == {}


def test_a_student_of_the_course_is_refused_what_is_for_staff_and_gets_the_rest(people):
    got = {path: (status(people["ada"], method, path), staff) for method, path, staff in PAGES}
    assert {path: code for path, (code, staff) in got.items() if staff and code != 403} == {}
    assert {code for code, staff in got.values() if not staff} == {200, 404}  # nothing was graded yet


def test_nobody_gets_anything_without_logging_in(trial):
    with trial.browser() as client:
        for method, path, _ in PAGES:
            answer = client.request(method, path)
            refused = answer.status_code in (401, 403)
            assert refused or answer.url.path == "/hub/login", (path, answer.status_code, answer.url)


def test_staff_gets_in(people):
    got = {path: status(people["ines"], m, path) for m, path, _ in PAGES if m == "GET" and "ada" not in path}
    assert {path: code for path, code in got.items() if code not in (200, 404)} == {}
    assert got["/services/grading-book/class"] == got["/services/formgrader-book/formgrader"] == 200


@pytest.mark.parametrize(
    "path", ["/user/ada/lab", "/user/ada/api/contents", "/hub/api/users/ada", "/hub/api/groups"]
)
def test_nobody_gets_at_a_students_server_or_the_hubs_lists(people, path):
    got = {who: status(people[who], "GET", path) for who in ("bob", "ines", "mallory")}
    assert set(got.values()) <= {403, 404}


def test_a_form_that_is_not_ours_asks_for_nothing(trial, people):
    submit(trial, "carl")
    wait_until(lambda: [a.state for a in arrivals(trial) if a.student == "carl"] == ["ready"])
    ask = f"/services/grading-tiny/ask/regrade?student=carl&chapter={trial.tiny.first}"
    page = people["otto"].get(ask)
    word = page.text.split('name="word" value="')[1].split('"')[0]
    form = {"student": "carl", "chapter": trial.tiny.first, "word": word}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    path = "/services/grading-tiny/ask/regrade"
    assert people["otto"].post(path, data={**form, "word": "guessed"}).status_code == 403
    assert people["otto"].post(path, data=form, headers=foreign).status_code == 403
    assert people["carl"].get("/services/grading-tiny/mine").status_code == 200  # is logged in there
    assert people["carl"].post(path, data=form).status_code == 403
    table = Intake(f"sqlite:///{trial.course('tiny') / 'watch.db'}")
    assert table.requests(done=True) == []
    table.close()


def test_another_student_reads_and_changes_nothing_of_anybody_in_the_files(trial):
    handed_in = submit(trial, "carl")
    wait_until(lambda: all(a.state in ("ready", "replaced") for a in arrivals(trial)))
    secret = (handed_in / "submission_secret.txt").read_bytes()
    wait_until(
        (trial.exchange / "tiny" / "feedback" / f"{feedback_name(secret, trial.tiny.first)}.html").exists
    )
    exchange, course = trial.exchange / "tiny", trial.course("tiny")
    attempts = [
        ["ls", str(exchange / "inbound")],
        ["ls", str(exchange / "feedback")],
        ["touch", str(exchange / "feedback" / "x")],
        ["touch", str(exchange / "outbound" / "x")],
        ["mv", str(exchange), str(exchange) + "-away"],
        ["ls", str(course)],
        ["cat", str(course / "course_config.py")],
        ["ls", str(course / "source")],
        ["ls", str(course / "feedback")],
        ["cat", str(course / "watch.db")],
        ["cat", str(course / ".course_secret")],
        ["ls", str(trial.home("carl"))],
        ["ls", str(trial.folder / "hub")],
        ["cat", str(trial.folder / "hub" / "hub.toml")],
    ]
    got_through = [attempt for attempt in attempts if trial.as_user("student00", *attempt).returncode == 0]
    assert got_through == []


# -- in the browser -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    folder = os.environ.get("GRADERS_PICTURES")
    return Path(folder) if folder else tmp_path_factory.mktemp("pictures")


def answer(trial: Trial, student: str, **wrong: str) -> None:
    """Write the reference into a fetched notebook; ``wrong`` are answers by cell, put in place of it."""
    fetched = trial.home(student) / "book" / CHAPTER / f"{CHAPTER}.ipynb"
    reference = json.loads((ROOT / "source" / CHAPTER / f"{CHAPTER}.ipynb").read_text())
    answers = {c["id"]: c["source"] for c in reference["cells"] if role_of(c) is Role.ANSWER} | wrong
    content = json.loads(fetched.read_text())
    for cell in content["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    fetched.write_text(json.dumps(content))


def test_a_student_fetches_answers_validates_submits_and_gets_feedback_in_the_lab(trial, chromium, pictures):
    lab = Lab(chromium, trial.url, "ada", trial.passwords["ada"], pictures)
    lab.open()
    lab.fetch(CHAPTER)
    answer(trial, "ada", least_squares=WRONG)
    said = lab.validate(f"book/{CHAPTER}/{CHAPTER}.ipynb")
    with pytest.raises(check.CheckFailed) as told:
        check.close("without noise, `lin_fit` finds the plane exactly", np.zeros(3), np.array([7.0, -2.0, 0.5]))
    assert [line for line in str(told.value).splitlines() if line.strip() not in said] == []
    answer(trial, "ada")
    lab.list()
    handed_in = lab.submit(CHAPTER)
    seconds = lab.feedback(CHAPTER) - handed_in
    (arrival,) = arrivals(trial, "book")
    assert (arrival.student, arrival.state, arrival.points) == ("ada", "ready", arrival.max_points)
    (page,) = (trial.home("ada") / "book" / CHAPTER / "feedback").rglob("*.html")
    assert f"{arrival.points:g}" in page.read_text()
    graded = arrival.ready_at - arrival.received_at
    assert seconds < 15 or graded > 5, f"feedback took {seconds:.1f} s, of which grading {graded:.1f} s"


def test_the_live_page_fills_in_by_itself_and_staff_regrades_by_keyboard(trial, chromium, pictures):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(f"{trial.url}/hub/login?next=/hub/home")
    page.fill("#username_input", "otto")
    page.fill("#password_input", trial.passwords["otto"])
    page.click("#login_submit")
    page.wait_for_url("**/hub/home")
    page.goto(f"{trial.url}/services/grading-tiny/class?chapter={trial.tiny.first}")
    link = page.locator("#students").get_by_role("link", name="student01")
    assert link.count() == 0
    submit(trial, "student01", {"mean": "def mean(v): return 2.5"})
    link.wait_for()  # nobody loaded the page again
    assert "4 of 8" in page.locator("#students").inner_text()
    assert Axe().run(page, options=AXE).violations_count == 0
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/students/student01")
    again = page.get_by_role("link", name="Grade again")
    again.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Grade again").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/students/student01")
    assert "Asked for" in page.inner_text("main")

    def done() -> bool:
        page.reload()
        return "failed, 4 of 8" in page.inner_text("main")

    wait_until(done)
    assert page.inner_text("main").count("graded again") == 1
    context.close()


def test_a_class_that_hands_in_at_once_is_graded_once_though_the_watcher_is_killed(trial, people):
    before = {a.id for a in arrivals(trial)}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: submit(trial, name), CLASS))
    times: list[float] = []

    def ready() -> int:
        start = time.monotonic()
        assert people["otto"].get("/hub/api").status_code == 200
        times.append(time.monotonic() - start)
        found = [a for a in arrivals(trial) if a.id not in before]
        return len([a for a in found if a.state == "ready"])

    wait_until(lambda: ready() >= 3)
    (watcher,) = trial.processes("graders watch", name="grader-tiny")
    os.kill(watcher, signal.SIGKILL)
    wait_until(lambda: ready() == len(CLASS))
    found = [a for a in arrivals(trial) if a.id not in before]
    assert sorted((a.student, a.points) for a in found) == [(name, 8) for name in CLASS]
    ledger = Ledger(f"sqlite:///{trial.course('tiny') / 'ledger.db'}")
    runs = {name: [e for e in ledger.history(trial.tiny.first, name) if e.result.points == 8] for name in CLASS}
    ledger.close()
    assert {name: len(entries) for name, entries in runs.items()} == dict.fromkeys(CLASS, 1)
    assert statistics.median(times) < 1
