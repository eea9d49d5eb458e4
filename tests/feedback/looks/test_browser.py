"""The pages in a browser: nothing is loaded, nothing sticks out on a phone, and paper shows all."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from .conftest import NAMES, outside
from .examples import pages

# Elements wider than the window that do not stand in a part of the page that scrolls by itself.
STICKS_OUT = """() => [...document.querySelectorAll('body *')].filter(part => {
  const box = part.getBoundingClientRect();
  if (box.right <= innerWidth + 1 || !box.width || !box.height || part.closest('.skip, .unseen')) return false;
  for (let outer = part.parentElement; outer; outer = outer.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(outer).overflowX)) return false;
  return true;
}).map(part => part.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_sticks_out_on_a_phone(opened, name, width):
    with opened(name, "phone", same_fonts=True) as page:
        page.set_viewport_size({"width": width, "height": 640})  # 320: WCAG 2.2, 1.4.10 (reflow)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        assert page.evaluate(STICKS_OUT) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", NAMES)
def test_a_page_loads_nothing_and_says_nothing_on_the_console(browser, files, name):
    context = browser.new_context()
    page = context.new_page()
    requests, said = [], []
    page.on("request", lambda request: requests.append(request))
    page.on("console", lambda message: said.append(message.text))
    page.goto(files[name].as_uri(), timeout=120_000)
    context.close()
    assert len(requests) >= 1 and outside(requests) == [] and said == []


@pytest.mark.parametrize("name", NAMES)
def test_on_paper_all_is_black_on_white_and_open(opened, name):
    with opened(name, "dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": 700, "height": 990})  # A4 with its margins
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        hidden = page.evaluate(
            "[...document.querySelectorAll('details > :not(summary)')].filter(p => !p.checkVisibility()"
            " || !p.getBoundingClientRect().height).length"
        )
        assert (paper, hidden) == ("rgb(255, 255, 255)", 0)
        assert page.evaluate(STICKS_OUT) == []
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_pages_are_small_have_no_script_and_are_the_same_every_time():
    first, second = pages(), pages()
    assert first == second
    for html in first.values():
        assert len(html.encode()) < 1_000_000
        assert BeautifulSoup(html, "html.parser").find(["script", "link", "iframe", "form"]) is None
