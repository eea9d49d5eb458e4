"""How long a thousand feedback pages and their class report take, and a browser to open the report.

Run: .venv/bin/python bench/feedback_pages.py [--students 1000] [--write docs/pages.md]
"""
# ruff: noqa: E501

from __future__ import annotations

import argparse
import base64
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.performance_page import machine
from graders.batch.ledger import Ledger
from graders.course import Course, load_course
from graders.results import CellResult, Meter, NotebookResult, Outcome, Record, Role, SubmissionResult

CHAPTER = "ch04"
BEGIN, END = "<!-- made by bench/feedback_pages.py: begin -->", "<!-- made by bench/feedback_pages.py: end -->"
FRAME = "<table><thead><tr><th></th><th>alpha</th><th>rmse</th></tr></thead><tbody>{rows}</tbody></table>"
WORDS = "mean weights rows error gradient learning penalty shuffle sample epochs scaled intercept".split()


def submission(number: int) -> SubmissionResult:
    """A chapter's work as it is: eight exercises, 32 checks, a drawing of 30 kB, tables, an essay."""
    dice = random.Random(number)  # the same class every time
    cells = [cell for exercise in range(8) for cell in _exercise(dice, exercise)]
    cells.append(CellResult("why", "markdown", Role.ESSAY, _prose(dice), "Exercise 9", max_points=2.0))
    outcome = Outcome.PASSED if all(c.outcome is Outcome.PASSED for c in cells[:-1]) else Outcome.FAILED
    book = NotebookResult(
        "notebook", outcome, tuple(cells), notes=("The cell 'data' was changed; the released version counts.",)
    )
    stamp = f"2026-01-{1 + number % 28:02}T10:00:00+00:00"
    meter = Meter(1.2, 1.4, 200.0)
    return SubmissionResult(
        "bench", CHAPTER, f"student{number:04}", outcome, (book,), submitted_at=stamp, meter=meter
    )


def _exercise(dice: random.Random, number: int) -> list[CellResult]:
    name, skill = f"Exercise {number + 1}", dice.random()
    records = tuple(_record(dice, f"e{number}#{i}", skill) for i in range(4))
    passed = all(record.outcome is Outcome.PASSED for record in records)
    outcome = Outcome.PASSED if passed else Outcome.FAILED
    reached, most = sum(r.points or 0.0 for r in records), sum(r.max_points for r in records)
    answer = CellResult(
        f"a{number}",
        "code",
        Role.ANSWER,
        _code(dice, number),
        name,
        Outcome.PASSED,
        outputs=_outputs(dice, number),
    )
    checks = CellResult(f"c{number}", "code", Role.CHECKS, "", name, outcome, reached, most, records)
    return [answer, checks]


def _record(dice: random.Random, name: str, skill: float) -> Record:
    passed = dice.random() < 0.3 + 0.6 * skill
    metrics = {}
    if name.endswith("3"):
        score = round(0.8 + 0.15 * dice.random(), 4)
        metrics = {"score": score, "target": 0.85, "interval": [score - 0.03, score + 0.03]}
    detail = "" if passed else f"2 of 5 values differ; first at [3]: expected 0.5, found {dice.random():.3f}."
    hint = "" if passed else f"Look at the {dice.choice(WORDS)} first."
    outcome = Outcome.PASSED if passed else Outcome.FAILED
    asked = f"`solve` returns the {WORDS[int(name[-1])]} of every row"
    return Record(
        name,
        asked,
        outcome,
        float(passed),
        1.0,
        True,
        "accuracy of at least 0.85",
        "0.87",
        detail,
        hint,
        metrics=metrics,
    )


def _code(dice: random.Random, number: int) -> str:
    lines = [f"def solve_{number}(X, y, alpha={dice.random():.3f}):", '    """Return what was asked for."""']
    lines += [
        f"    {dice.choice(WORDS)} = X @ y + {dice.random():.5f}  # {dice.choice(WORDS)}" for _ in range(25)
    ]
    return "\n".join([*lines, f"    return {dice.choice(WORDS)}"])


def _prose(dice: random.Random) -> str:
    return "\n\n".join(
        f"A **{dice.choice(WORDS)}** is `{dice.choice(WORDS)}`:\n\n- {' '.join(dice.choices(WORDS, k=30))}"
        for _ in range(4)
    )


def _outputs(dice: random.Random, number: int) -> tuple[dict[str, object], ...]:
    text = "\n".join(f"epoch {i}: loss {dice.random():.6f}" for i in range(20))
    rows = "".join(
        f"<tr><th>{i}</th><td>{dice.random():.4f}</td><td>{dice.random():.4f}</td></tr>" for i in range(10)
    )
    picture = base64.b64encode(
        b"\x89PNG\r\n\x1a\n" + bytes(8) + b"\0\0\1\0\0\0\1\0" + dice.randbytes(30_000)
    ).decode()
    shown: list[dict[str, object]] = [{"output_type": "stream", "name": "stdout", "text": text}]
    if number == 2:
        shown.append({"output_type": "display_data", "data": {"image/png": picture}})
    if number % 3 == 0:
        shown.append({"output_type": "execute_result", "data": {"text/html": FRAME.format(rows=rows)}})
    return tuple(shown)


# -- measuring ------------------------------------------------------------------------------------


def make_course(folder: Path, students: int) -> Course:
    """A course whose ledger has a result for everybody, as after `graders autograde`."""
    (folder / "source" / CHAPTER).mkdir(parents=True)
    (folder / "source" / CHAPTER / "notebook.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    (folder / "course_config.py").write_text(
        'from graders.course import Course\n\ncourse = Course(id="bench")\n'
    )
    course = load_course(folder)
    ledger = Ledger.of(course)
    for number in range(students):
        result = submission(number)
        (folder / "submitted" / result.student / CHAPTER).mkdir(parents=True)
        ledger.give(ledger.add(str(number), {}, result), CHAPTER, result.student)
    ledger.close()
    return course


def timed(*words: str, folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([sys.executable, "-m", "graders", *words], cwd=folder, check=True, capture_output=True)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def opened(page: Path) -> tuple[float, int]:
    """Seconds until a browser has loaded and laid out a page, the median of five, and its elements."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        seconds = []
        for _ in range(5):
            tab = browser.new_page()
            began = time.monotonic()
            tab.goto(page.as_uri(), wait_until="load")
            tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
            seconds.append(time.monotonic() - began)
            count = tab.evaluate("document.querySelectorAll('*').length")
            tab.close()
        browser.close()
    return sorted(seconds)[2], int(count)


def table(students: int) -> str:
    """Measure, and return the figures as Markdown."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_course(folder, students)
        rows = []
        for what, words in (
            ("`graders feedback`, all pages new", ("feedback", CHAPTER)),
            ("`graders feedback`, nothing changed", ("feedback", CHAPTER)),
            ("`graders report`", ("report", CHAPTER)),
        ):
            rows.append((what, *timed(*words, folder=folder)))
        size = sum(path.stat().st_size for path in folder.glob("feedback/*/*/*.html")) / students / 1000
        report = folder / "report" / f"{CHAPTER}.html"
        seconds, elements = opened(report)
        lines = [f"| {what} | {wall:.1f} | {cpu:.1f} |" for what, wall, cpu in rows]
        told = (
            f"A class of {students}, each with 8 exercises and 32 checks; a student page has {size:.0f} kB. The report has "
            f"{report.stat().st_size / 1000:.0f} kB and {elements} elements, and is open in Chromium after {seconds:.2f} s "
            f"(median of five). On {machine()}."
        )
    return "\n".join(["| | wall s | CPU s |", "|---|---:|---:|", *lines, "", told])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    text = table(given.students)
    print(text)
    if given.write:
        before, _, rest = given.write.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        given.write.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
