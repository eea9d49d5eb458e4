"""One page about all calibrations of a course: how often thresholds took marks from the reference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graders.course import Course
from graders.errors import CourseError
from graders.files import replace_file

_HEAD = """# Calibrations

Measured by `graders calibrate CHAPTER`, which writes this page; [what the figures mean](../quality.md).
*Lost* counts the draws, of hidden data and of the seeds of training, in which the reference lost any mark;
*at most* is the largest rate of such draws that is compatible with it (95%, Clopper and Pearson).

| chapter | thresholds | draws | lost | at most | refused | picture |
|---|---:|---:|---:|---:|---:|---|
"""


def text(course: Course) -> str:
    """Return the page in Markdown, a line for each calibrated chapter."""
    return _HEAD + "".join(_rows(course))


def write_summary(course: Course) -> Path:
    """Write the page beside the pictures, all of it or nothing."""
    path = course.root / "docs" / "calibration" / "README.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text(course))
    return path


def _rows(course: Course) -> Iterator[str]:
    for path in sorted(course.folder("source").glob("*.calibration.json")):
        short = path.name.split("_")[0]
        try:
            yield _row(short, json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError) as error:
            raise CourseError(
                f"{path.name} cannot be read.", hint=f"Make it anew: graders calibrate {short}"
            ) from error


def _row(short: str, known: dict[str, Any]) -> str:
    rate, thresholds = known["false_fail_rate"], known["thresholds"]
    figures = (
        len(thresholds),
        known["seeds"],
        rate["draws_with_lost_marks"],
        f"{rate['upper_95']:.1%}",
        sum(bool(threshold["refused"]) for threshold in thresholds),
    )
    return f"| {short} | {' | '.join(map(str, figures))} | [{short}]({short}.svg) |\n"
