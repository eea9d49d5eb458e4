"""Every error says why it happens and what to do, in the terminal and in the docs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from graders.errors import UsageError
from graders.explanations import EXPLANATIONS, OUTCOMES, explained, page
from graders.results import Outcome

ROOT = Path(__file__).resolve().parent.parent
PACKAGE, DOCS = ROOT / "graders", ROOT / "docs"


def codes_in_the_package() -> set[str]:
    """The codes that classes of the package give, read from its text: importing all of it takes long."""
    texts = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    return {code for text in texts for code in re.findall(r'^    code = "(\w+)"', text, re.MULTILINE)}


def test_every_error_is_explained_and_nothing_else():
    assert set(EXPLANATIONS) == codes_in_the_package()
    assert all(found.meaning and found.causes for found in EXPLANATIONS.values())


def test_the_page_says_what_the_table_says():
    assert (DOCS / "errors.md").read_text(encoding="utf-8") == page()


def test_every_outcome_is_explained_as_an_error_is():
    assert set(OUTCOMES) == {outcome.value for outcome in Outcome}
    assert explained("timed_out").startswith("a cell, a call or the whole notebook took too long")


def test_a_code_that_no_error_has_is_told_with_those_there_are():
    with pytest.raises(UsageError, match="No error is called 'walls'") as caught:
        explained("walls")
    assert "sandbox" in caught.value.hint


def test_an_error_tells_how_to_read_more_and_that_command_works(tmp_path):
    command = [sys.executable, "-m", "graders"]
    failed = subprocess.run([*command, "autograde"], cwd=tmp_path, capture_output=True, text=True)
    assert failed.returncode == 2
    (more,) = [line for line in failed.stderr.splitlines() if line.startswith("More: ")]
    words = more.removeprefix("More: graders ").split()
    done = subprocess.run([*command, *words], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "course_config.py" in done.stdout
