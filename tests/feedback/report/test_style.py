"""The report's style sheet: bars stand out (WCAG 2.2, 1.4.11), every class is styled, nothing is loaded."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from bs4 import BeautifulSoup

from graders.feedback.report.page import render

TEMPLATES = files("graders.feedback") / "templates"
SHARED = (TEMPLATES / "page.css").read_text(encoding="utf-8")
OWN = (TEMPLATES / "report.css").read_text(encoding="utf-8")


def themes(css: str) -> list[dict[str, str]]:
    """The colours of each theme: light, dark, print."""
    blocks = re.findall(r":root \{(.*?)\}", css, re.S)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", range(3), ids=["light", "dark", "print"])
@pytest.mark.parametrize("fill", ["bar", "stop-fill", "fail-fill", "skip-fill"])
def test_bars_stand_out(theme, fill):
    colours = {**themes(SHARED)[theme], **themes(OWN)[theme]}
    light, dark = sorted((luminance(colours[fill]), luminance(colours["card"])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_the_style_sheet_loads_nothing():
    assert not re.search(r"url\(|@import|@font-face|https?:", OWN)


def test_every_class_of_the_report_is_styled(course, build):
    work = build.work([*build.five(), *build.five(chapter="ch05")], students=("zoe",))
    page = BeautifulSoup(render(course, work), "html.parser")
    used = {name for tag in page.find_all(class_=True) for name in tag["class"]}
    assert {name for name in used if not re.search(rf"\.{re.escape(name)}\b", SHARED + OWN)} == set()
