"""Timing verdicts under load: the figures told are those that were measured, and the counting is right."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import timing_under_load as bench  # noqa: E402
from graders.results import Outcome, Record  # noqa: E402


@pytest.mark.parametrize(
    ("solution", "outcomes", "ending"),
    [
        ("reference", [Outcome.PASSED], "right"),
        ("reference", [Outcome.FAILED], "wrong"),
        ("reference", [Outcome.TIMED_OUT], "wrong"),
        ("too_slow", [Outcome.FAILED], "right"),
        ("too_slow", [Outcome.PASSED], "wrong"),
        ("too_slow", [Outcome.SKIPPED], "wrong"),
        ("too_slow", [Outcome.UNGRADABLE], "ungradable"),
        ("reference", [], "ungradable"),
    ],
)
def test_only_the_verdict_it_should_be_is_right(solution: str, outcomes: list[Outcome], ending: str) -> None:
    records = [Record("table_test#3", bench.VERDICTS["budget"], outcome) for outcome in outcomes]
    assert bench.ending(records, solution) == ending


@pytest.mark.parametrize(
    ("wrong", "ungradable", "kept"), [(0, 0, True), (0, 24, True), (0, 25, False), (1, 0, False)]
)
def test_the_promise_is_no_wrong_verdict_and_at_most_2_percent_without_one(
    wrong: int, ungradable: int, kept: bool
) -> None:
    counts = bench.nothing()
    counts["too_slow"]["within"] |= {
        "right": 1200 - wrong - ungradable,
        "wrong": wrong,
        "ungradable": ungradable,
    }
    found = bench.summary(counts)
    assert found["verdicts"] == 1200
    assert bench.holds(found) is kept
    assert found["wrong_at_most"] == pytest.approx(0.0025 if not wrong else 0.0039, rel=0.02)


def test_the_load_told_is_that_of_most_of_the_counts() -> None:
    running = {"2": 1, "8": 59, "10": 40}
    assert bench.at_least(running, 0.5) == 8
    assert bench.at_least(running, 0.4) == 10
    assert bench.at_least(running, 0.99) == 8
    assert bench.at_least(running, 1.0) == 2


def test_processes_that_want_a_core_are_counted() -> None:
    running: dict[str, int] = {}
    with bench.processes(3), bench.counted(running):
        time.sleep(2.5)
    assert sum(running.values()) >= 1
    assert bench.at_least(running, 0.5) >= 3


def test_the_figures_of_the_docs_are_those_that_were_measured() -> None:
    page = json.loads(bench.FILE.read_text())
    told = (ROOT / "docs" / "quality.md").read_text()
    assert bench.holds(page["all"])
    assert bench.text(page) in told, f"docs/quality.md needs:\n\n{bench.text(page)}"
