"""The pages look as they did when somebody last looked: places, sizes and colours against looks.json.

Both are taken with the fonts that come with Matplotlib, so that they hold on every machine; tolerances leave
room for another version of the browser. After a change that is meant, look at the pages and write the file and
the README's pictures anew with: ``WRITE_LOOKS=1 python -m pytest tests/feedback/looks/test_looks.py``
"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from .conftest import NAMES, VERSIONS

LOOKS = Path(__file__).with_name("looks.json")
PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
PARTS = {
    "student": "h1 .score .score>svg .standing .glance .exercise .check .check>svg .scale>svg .problem .hint "
    ".curves>svg .remark .work .work>.code .work>.shown .sheet>footer",
    "class": "h1 .staff .tiles>li .columns .exercises .strip .legend .plain .checks details summary "
    ".sheet>footer",
}
COLUMNS, ROWS = 8, 48
SHOWN = [("middling", "light"), ("middling", "dark"), ("middling", "phone"), ("perfect", "light")]
SHOWN += [("failed", "light"), ("class", "light")]
MEASURE = """names => Object.fromEntries(names.map(name => {
  const all = [...document.querySelectorAll(name)].filter(part => part.getClientRects().length);
  if (!all.length) return [name, null];
  const box = all[0].getBoundingClientRect(), style = getComputedStyle(all[0]);
  return [name, {count: all.length, left: box.left, width: box.width, height: box.height,
    top: box.top + scrollY, ink: style.color, paper: style.backgroundColor, size: style.fontSize}];
}))"""


def looks_of(page: Page, name: str) -> dict[str, Any]:
    """Return the places and colours of the main parts, and the page's picture as it looks from afar."""
    parts = page.evaluate(MEASURE, PARTS["class" if name == "class" else "student"].split())
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    small = picture.resize((COLUMNS, ROWS), Image.Resampling.BOX)
    return {
        "parts": parts,
        "size": list(picture.size),
        "paint": [small.tobytes()[i : i + 24].hex() for i in range(0, 24 * ROWS, 24)],
    }


def differences(seen: dict[str, Any], stored: dict[str, Any]) -> list[str]:
    """Say what of a page is not where, or not as large or as coloured, as it was."""
    found = [
        f"{axis}: {a}, was {b}"
        for axis, a, b in zip(("width", "height"), seen["size"], stored["size"], strict=True)
        if abs(a - b) > 0.04 * b
    ]
    for part, was in stored["parts"].items():
        found += [f"{part}: {text}" for text in _moved(seen["parts"][part], was)]
    paint = [_apart(a, b) for a, b in zip(seen["paint"], stored["paint"], strict=True)]
    worst = max(max(row) for row in paint)
    mean = sum(map(sum, paint)) / sum(map(len, paint))
    return [
        *found,
        *([f"the picture: {mean:.1f} apart in the mean, {worst} at most"] if mean > 4 or worst > 70 else []),
    ]


def _moved(seen: dict[str, Any] | None, was: dict[str, Any] | None) -> list[str]:
    if seen is None or was is None:
        return [] if seen == was else ["gone" if seen is None else "new"]
    found = [
        f"{key} {seen[key]}, was {was[key]}"
        for key in ("count", "ink", "paper", "size")
        if seen[key] != was[key]
    ]
    for key, of in (("left", 0.0), ("width", 0.02), ("height", 0.06), ("top", 0.04)):
        if abs(seen[key] - was[key]) > 3 + of * abs(was[key]):
            found.append(f"{key} {seen[key]:.0f}, was {was[key]:.0f}")
    return found


def _apart(one: str, other: str) -> list[int]:
    return [abs(a - b) for a, b in zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)]


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    return json.loads(LOOKS.read_text(encoding="utf-8")) if LOOKS.exists() else {}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", NAMES)
def test_pages_look_as_they_did(opened, stored, name, version):
    with opened(name, version, same_fonts=True) as page:
        if "WRITE_LOOKS" in os.environ:
            write_looks(page, name, version)
            return
        seen = looks_of(page, name)
    assert differences(seen, stored[f"{name} {version}"]) == []


def write_looks(page: Page, name: str, version: str) -> None:
    """Write what a page looks like, and its picture if the README shows it."""
    if (name, version) in SHOWN:
        height = 740 if version == "phone" else 1150
        page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        PICTURES.mkdir(exist_ok=True)
        few = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(PICTURES / f"{name}-{version}.png", optimize=True)
        page.set_viewport_size(VERSIONS[version]["viewport"])
    known = json.loads(LOOKS.read_text(encoding="utf-8")) if LOOKS.exists() else {}
    known[f"{name} {version}"] = looks_of(page, name)
    LOOKS.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n", encoding="utf-8")


def test_a_comparison_sees_what_moved_and_what_changed_colour(opened, stored):
    with opened("perfect", "light", same_fonts=True) as page:
        page.add_style_tag(content=".score { padding-left: 4rem } .glance { background: #dfe }")
        found = differences(looks_of(page, "perfect"), stored["perfect light"])
    assert [text for text in found if text.startswith(".glance: paper")]
    assert [text for text in found if text.startswith(".score>svg: left")]


@pytest.mark.parametrize("picture", sorted(f"{name}-{version}.png" for name, version in SHOWN))
def test_the_readme_shows_the_pictures_and_they_are_small(picture):
    readme = (PICTURES.parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"docs/pictures/{picture}" in readme
    assert (PICTURES / picture).stat().st_size < 150_000
