"""axe-core finds nothing on the pages (WCAG 2.2, levels A and AA), in the light, in the dark and on a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import NAMES, VERSIONS

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(opened, name, version):
    with opened(name, version) as page:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        found = Axe().run(page, options=OPTIONS)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_what_is_wrong(opened):
    with opened("failed", "light") as page:
        page.evaluate("document.querySelector('h1').style.color = '#dddddd'")
        found = Axe().run(page, options=OPTIONS)
    assert [violation["id"] for violation in found.response["violations"]] == ["color-contrast"]
