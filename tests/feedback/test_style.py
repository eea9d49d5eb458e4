"""The style sheet keeps text readable: WCAG 2.2, success criterion 1.4.3 (contrast of 4.5 to 1)."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = (files("graders.feedback") / "templates" / "page.css").read_text(encoding="utf-8")
THEMES = [
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    for block in re.findall(r":root \{(.*?)\}", CSS, re.S)
]
ON_PAGE = [("text", "page"), ("muted", "page"), ("link", "page")]
ON_CARD = [(ink, "card") for ink in ("text", "muted", "link", "good", "part", "bad", "calm")]
ON_TINT = [
    ("bad", "bad-soft"),
    ("text", "bad-soft"),
    ("text", "part-soft"),
    ("text", "calm-soft"),
    ("text", "soft"),
]
IN_CODE = [(f"k-{ink}", "soft") for ink in ("word", "text", "num", "note", "name")]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", range(3), ids=["light", "dark", "print"])
@pytest.mark.parametrize(("ink", "paper"), ON_PAGE + ON_CARD + ON_TINT + IN_CODE)
def test_text_stands_out(theme, ink, paper):
    colours = THEMES[theme]
    light, dark = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_style_sheet_loads_nothing():
    assert not re.search(r"url\(|@import|@font-face|https?:", CSS)


def test_every_class_of_the_page_is_styled(course, result):
    from bs4 import BeautifulSoup

    from graders.feedback.page import render

    page = BeautifulSoup(render(course, result), "html.parser")
    used = {name for tag in page.find_all(class_=True) for name in tag["class"] if not name.startswith("k-")}
    assert {name for name in used if not re.search(rf"\.{re.escape(name)}\b", CSS)} == set()
