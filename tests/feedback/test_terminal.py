"""The feedback in a terminal tells what the page tells, fits, and carries nothing it should not."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from graders.feedback import terminal
from graders.results import CellResult, Outcome, Role

from .conftest import SECRET_METRIC, STAFF


@pytest.fixture
def shown(course, result):
    def printed(*, width=80, color=False, everything=False, of=result):
        out = io.StringIO()
        options = {"force_terminal": True} if color else {"no_color": True}
        console = Console(file=out, width=width, **options)
        for part in terminal.show(course, of, everything=everything):
            console.print(part)
        return out.getvalue()

    return printed


def test_a_lost_check_says_what_was_asked_found_and_worth_trying(shown):
    text = " ".join(shown().split())
    assert "ridge leaves the intercept unpenalised (0.5 of 1 point)" in text
    assert "Asked for: the same intercept for every alpha" in text
    assert "Found: changes by 0.8 when alpha grows from 0 to 100" in text
    assert "Hint: Which entry of the identity matrix belongs to the intercept?" in text


def test_checks_that_passed_are_told_when_all_is_asked_for(shown):
    assert "ridge predicts well on new data" not in shown()
    assert "ridge predicts well on new data" in shown(everything=True)


def test_it_fits_into_80_columns_and_tells_states_in_words(shown):
    lines = shown().splitlines()
    assert max(map(len, lines)) <= 80
    assert any("Out of time" in line for line in lines) and any("Skipped" in line for line in lines)


def test_colours_add_nothing_to_the_words(shown):
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown(color=True)) == shown()


def test_neither_staff_notes_nor_control_characters_get_there(shown, result):
    text = shown()
    assert STAFF not in text and SECRET_METRIC not in text
    hostile = replace(result, student="ada\x1b[2J\x9b31m\x07", message="\x1b]0;title\x07gone")
    assert not set("\x1b\x9b\x07") & set(shown(of=hostile))


def test_where_only_a_person_gives_points_none_are_told_yet(shown, build):
    essay = CellResult("e", "markdown", Role.ESSAY, "because", "Why", max_points=2.0)
    text = shown(of=build.wrap(essay, outcome=Outcome.PASSED))
    assert (
        "of  points" not in text
        and "Waiting for your teacher (up to 2 points)" in text
        and "Written answers (2 points): waiting" in text
    )
