"""What the tests of the quality check share: a tiny course with catalogued mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from graders.notebooks import source

MEAN = """
def mean(values):
    if len(values) == 0:
        raise ValueError("no values")
    return values.sum() / {}
"""
MISTAKES = {
    "mean_by_six": ("mean", {"mean_test": 2.0}, MEAN.format(6)),
    "mean_of_nothing": ("mean", {"mean_test": 2.0}, "def mean(values):\n    return values.sum() / len(values)"),
    "squares_from_zero": (
        "squares",
        {"squares_test": 3.0, "total_test": 1.0},
        "def squares(n):\n    return [i**2 for i in range(n)]",
    ),
}


def write_mistake(
    root: Path, name: str, answer: str, loses: dict[str, float], code: str, more: str = ""
) -> None:
    folder = root / "tests" / "mistakes" / "ch01"
    folder.mkdir(parents=True, exist_ok=True)
    text = f'"""A mistake."""\n\nANSWER = {answer!r}\nLOSES = {loses!r}\n{more}\nCODE = {code!r}\n'
    (folder / f"{name}.py").write_text(text)


@pytest.fixture
def course(tiny_course):
    """The tiny course with three mistakes."""
    for name, (answer, loses, code) in MISTAKES.items():
        write_mistake(tiny_course.course.root, name, answer, loses, code)
    return tiny_course.course


@pytest.fixture
def edit(course) -> Callable[[str, str], None]:
    """Replace something in the text of the first chapter and build it."""

    def change(old: str, new: str) -> None:
        path = course.folder("source") / "ch01_numbers.py"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        source.build(course, "ch01_numbers")

    return change
