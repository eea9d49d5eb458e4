"""What the README claims of this grader and of others can be traced: every cell leads to a test or a source."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = TEXT.split("## Beside other graders")[1].split("\n## ")[0]
LINKS = dict(re.findall(r"^\[([\w-]+)\]: (\S+)$", TEXT, re.MULTILINE))
# A claim about other software is about a version: a tag or a commit.
PINNED = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+/blob/(v[\d.]+|[0-9a-f]{40})/\S+")


def cells() -> list[tuple[str, str, str]]:
    """The cells of the comparison as (what, tool, text)."""
    rows = [
        [c.strip() for c in line.strip("|").split("|")] for line in SECTION.splitlines() if line.startswith("|")
    ]
    tools = rows[0][1:]
    return [(row[0], tool, text) for row in rows[2:] for tool, text in zip(tools, row[1:], strict=True)]


def test_every_cell_of_the_comparison_is_linked_and_says_nothing_beside_its_links() -> None:
    found = cells()
    assert len(found) == 40
    beside = {
        (what, tool): re.sub(r"\[[^\]]+\]\[[\w-]+\]", "", text).strip("; ,") for what, tool, text in found
    }
    assert {cell: rest for cell, rest in beside.items() if rest} == {}
    assert [cell for *cell, text in found if "][" not in text] == []


def test_every_link_of_the_comparison_is_defined_and_used() -> None:
    used = set(re.findall(r"\]\[([\w-]+)\]", TEXT))
    assert used == set(LINKS)


def test_what_is_said_of_this_grader_rests_on_its_tests_and_pages() -> None:
    ours = {
        LINKS[name]
        for _, tool, text in cells()
        if tool == "this"
        for name in re.findall(r"\]\[([\w-]+)\]", text)
    }
    assert {target for target in ours if not (ROOT / target.partition("#")[0]).is_file()} == set()
    assert {target for target in ours if not target.startswith(("tests/", "docs/"))} == set()


def test_what_is_said_of_others_names_the_version_that_was_read() -> None:
    theirs = {
        LINKS[name]
        for _, tool, text in cells()
        if tool != "this"
        for name in re.findall(r"\]\[([\w-]+)\]", text)
    }
    assert {url for url in theirs if not PINNED.match(url)} == {"docs/security.md#attacks"}


def test_every_anchor_that_the_readme_links_to_exists() -> None:
    for path, anchor in re.findall(r"(docs/[\w-]+\.md)#([\w-]+)", TEXT):
        page = (ROOT / path).read_text(encoding="utf-8")
        titles = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}, path
