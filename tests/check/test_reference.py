"""The page of checks: made from what the checks say, and every example in it does what it shows."""

import doctest
import inspect
from pathlib import Path

import numpy as np
import pytest

from graders import check
from graders.check.reference import GROUPS, page, section

NAMES = [name for name in check.__all__ if name != "CheckFailed"]
CHECKS = [name for name in NAMES if name != "probe"]  # which asks nothing by itself
PAGE = Path(__file__).resolve().parents[2] / "docs" / "checks.md"


@pytest.mark.parametrize("name", NAMES)
def test_every_check_has_an_example_that_does_what_it_shows(name):
    function = getattr(check, name)
    (test,) = doctest.DocTestFinder(recurse=False).find(function, name, globs={"np": np, "check": check})
    assert f">>> check.{name}(" in function.__doc__ or f">>> @check.{name}\n" in function.__doc__
    ran = doctest.DocTestRunner(verbose=False).run(test)
    assert ran.attempted > 0 and ran.failed == 0


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_takes_the_same_common_arguments(name):
    names = list(inspect.signature(getattr(check, name)).parameters)
    assert names[0] == "asked"
    assert names[-2:] == ["hint", "weight"]
    assert "student sees" in " ".join(getattr(check, name).__doc__.split()) or name == "within"


def test_the_page_is_the_one_that_the_checks_make():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m graders.check.reference"


def test_the_page_has_every_check_once():
    assert sorted(name for _, names in GROUPS for name in names) == sorted(NAMES)


def test_a_section_shows_the_call_the_prose_and_the_example():
    text = section("close")
    assert "check.close(asked, actual, expected, *, rtol=1e-05, atol=1e-08)\n" in text
    assert "A student sees" in text and '>>> check.close("The mean is right"' in text
    assert "``" not in text.replace("```", "")
