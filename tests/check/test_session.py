"""How a check speaks to the reader of a notebook."""

import subprocess
import sys

import pytest

from graders import check


def test_a_failed_check_is_one_short_message_without_a_traceback():
    with pytest.raises(check.CheckFailed) as found:
        check.equal("`mean` gives the mean", 3, 4, hint="Divide by the number of values.")
    assert str(found.value) == (
        "✗ `mean` gives the mean\n  Expected 4, found 3.\n  Hint: Divide by the number of values."
    )
    assert found.value._render_traceback_() == [str(found.value)]


def test_a_failed_check_is_an_assertion_so_that_other_tools_count_it():
    with pytest.raises(AssertionError):
        check.true("It holds", False)


def test_without_a_hint_there_is_no_line_for_it():
    with pytest.raises(check.CheckFailed) as found:
        check.true("It holds", False)
    assert str(found.value) == "✗ It holds\n  This does not hold."


def test_a_score_says_what_was_asked_and_what_was_found():
    with pytest.raises(check.CheckFailed) as found:
        check.score("Good enough", [0, 1] * 50, [0] * 100, at_least=0.9)
    assert "Asked: accuracy of at least 0.9. Found: 0.5 (95% interval 0.404 to 0.596, n = 100)." in str(
        found.value
    )


@pytest.mark.parametrize("make", [check.true, check.equal, check.close])
def test_a_forgotten_sentence_is_an_error_of_its_own(make):
    with pytest.raises(TypeError, match="sentence"):
        make(3, 3, 3) if make is not check.true else make(True, True)


def test_ipython_shows_the_message_alone():
    script = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from graders import check")
shell.run_cell("check.true('It holds', True)")
shell.run_cell("check.true('It is so', False, hint='Look again.')")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip().splitlines() == [
        "✓ It holds",
        "✗ It is so",
        "  This does not hold.",
        "  Hint: Look again.",
    ]


def test_importing_the_checks_is_light():
    script = "import sys, graders.check; print(sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    loaded = done.stdout
    heavy = ("numpy", "pandas", "sklearn", "scipy", "nbgrader", "pydantic", "tensorflow")
    assert not [name for name in heavy if f"'{name}'" in loaded]
