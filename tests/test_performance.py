"""The figures in the README are those of the performance page, which one run of the benchmark wrote."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import performance_page  # noqa: E402
from bench.measure import Cost  # noqa: E402
from bench.side_by_side import Comparison, Tool  # noqa: E402
from graders.results import Outcome, SubmissionResult  # noqa: E402

README, PAGE = ROOT / "README.md", ROOT / "docs" / "performance.md"


def block(text: str) -> str:
    """What stands between the markers."""
    return text.partition(performance_page.BEGIN)[2].partition(performance_page.END)[0].strip()


def test_the_readme_has_the_figures_of_the_performance_page() -> None:
    figures = block(README.read_text())
    assert re.search(r"\d\.\dx", figures), "README.md has no figures: make bench"
    assert figures in PAGE.read_text()


def found(factor: float) -> performance_page.Found:
    """What a run could have found: nbgrader takes ``factor`` s each and 2 s to start, we 1 s each and 4 s."""
    costs = {"cells": 0.1, "checks": 0.1, "kernel": 0.2, "judge": 0.1, "worker": 0.1}
    results = [SubmissionResult("c", "ch01", f"s{n}", Outcome.PASSED, costs=costs) for n in range(12)]

    def tool(start: float, each: float) -> Tool:
        return Tool(
            Cost(start + 12 * each, 12 * each, "test"), Cost(start + 2 * each, 2 * each, "test"), [50.0]
        )

    compared = Comparison("keras", 12, 2, tool(2, factor), Cost(9, 9, "test"), tool(4, 1), results)
    simulated = [{"size": size, "wall": 0.003, "cpu": 0.002, "peak_mb": 100.0} for size in (10, 100)]
    return performance_page.Found([compared], [(10, Cost(9, 9, "test"))], (10, Cost(0.5, 0.5, "")), simulated)


def test_ratios_are_told_with_start_up_and_without() -> None:
    (row,) = [line for line in performance_page.summary(found(8.0)).splitlines() if line.startswith("| keras")]
    assert row == "| keras | 8.17 | 1.33 | 6.1x | 8.0x |"


def test_what_no_part_accounts_for_is_told_too() -> None:
    # 1 s of CPU each, of which the parts know 0.6 s, 0.2 s of that the student's own.
    (row,) = [line for line in performance_page.own(found(8.0)).splitlines() if line.startswith("| keras")]
    assert [cell.strip() for cell in row.split("|")[-3:-1]] == ["0.400", "0.800"]


def test_the_short_table_replaces_the_one_before_and_nothing_else(tmp_path: Path) -> None:
    page, readme = tmp_path / "performance.md", tmp_path / "README.md"
    readme.write_text(README.read_text())
    for factor in (8.0, 9.0):
        performance_page.write(found(factor), page, readme)
    assert block(readme.read_text()) == performance_page.summary(found(9.0))
    assert block(readme.read_text()) in page.read_text()
    assert (
        readme.read_text().partition(performance_page.END)[2]
        == README.read_text().partition(performance_page.END)[2]
    )
