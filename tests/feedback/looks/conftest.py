"""A real browser that opens the example pages as students and staff do: on a desk, in the dark, on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from .examples import pages

NAMES = ("perfect", "middling", "failed", "class")
VERSIONS = {
    "light": {"viewport": {"width": 1000, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1000, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-color-profile=srgb"]
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
# The fonts that come with Matplotlib, so that lines break at the same words on every machine.
SAME_FONTS = """
@font-face {{ font-family: "Same"; src: url("{sans}"); }}
@font-face {{ font-family: "Same"; src: url("{bold}"); font-weight: 600 900; }}
@font-face {{ font-family: "Same Mono"; src: url("{mono}"); }}
:root {{ --sans: "Same" !important; --mono: "Same Mono" !important; }}
* {{ transition: none !important; scroll-behavior: auto !important; }}
"""


@pytest.fixture(scope="module")  # while Playwright runs, asyncio does not
def browser() -> Iterator[Browser]:
    """Chromium, as the package of the distribution brings it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The example pages as files, by name."""
    folder = tmp_path_factory.mktemp("pages")
    written = {name: folder / f"{name}.html" for name in NAMES}
    for name, html in pages().items():
        written[name].write_text(html, encoding="utf-8")
    return written


Opened = Callable[..., "contextmanager[Page]"]


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Opened:
    """Return what opens an example page in a version; whatever it asks the network for is in ``asked``."""

    @contextmanager
    def open_page(name: str, version: str, *, same_fonts: bool = False) -> Iterator[Page]:
        context = browser.new_context(**VERSIONS[version], bypass_csp=same_fonts, reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(files[name].as_uri())
        if same_fonts:
            page.add_style_tag(content=fonts())
            page.evaluate("document.fonts.ready")
        yield page
        context.close()

    return open_page


def fonts() -> str:
    """Return the style that puts the same fonts on a page everywhere."""
    names = {"sans": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf", "mono": "DejaVuSansMono.ttf"}
    return SAME_FONTS.format(**{kind: (FONTS / name).as_uri() for kind, name in names.items()})


def outside(requests: list[Request]) -> list[str]:
    """Return the addresses that lead out of the page's own file."""
    return [request.url for request in requests if not request.url.startswith(("file:", "data:"))]
