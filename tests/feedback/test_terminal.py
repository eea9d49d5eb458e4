"""The feedback in a terminal tells what the page tells, fits, and carries nothing it should not."""

import io
import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from rich.console import Console

from graders.display import results_table
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


LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfarbverlaufsbeschreibung" * 2


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("width", [40, 80])
def test_long_words_fit_too_and_nothing_of_them_is_lost(course, result, language, width):
    course = course.model_copy(update={"language": language})
    (book,) = result.notebooks
    cells = tuple(
        replace(cell, exercise=LONG, records=tuple(replace(r, asked=LONG, hint=LONG) for r in cell.records))
        for cell in book.cells
    )
    out = io.StringIO()
    long = replace(result, student=LONG, message=LONG, notebooks=(replace(book, cells=cells, notes=(LONG,)),))
    for part in terminal.show(course, long, everything=True):
        Console(file=out, width=width, no_color=True).print(part)
    assert max(map(len, out.getvalue().splitlines())) <= width
    assert "".join(out.getvalue().split()).count(LONG) >= 10


@pytest.mark.parametrize("width", [80])
def test_tables_of_results_fit_with_long_words(result, width):
    out = io.StringIO()
    long = replace(result, student=LONG[:60], chapter=LONG, message=LONG)
    Console(file=out, width=width, no_color=True).print(results_table([long, result]))
    assert max(map(len, out.getvalue().splitlines())) <= width


def test_no_color_is_honoured_also_where_colours_are_forced(tmp_path):
    script = (
        "from rich.console import Console\nfrom graders.feedback import terminal\n"
        "from graders.feedback.rehearsal import _result\nfrom graders.course import Course\n"
        "from graders.results import Outcome\n"
        "[Console().print(p) for p in terminal.show(Course(), _result('ada', Outcome.FAILED))]"
    )

    def printed(**more):
        variables = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "TERM")}
        variables |= {"FORCE_COLOR": "1", "TERM": "xterm-256color", **more}
        command = [sys.executable, "-c", script]
        return subprocess.run(
            command, env=variables, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    colour = re.compile(r"\x1b\[(?:[\d;]*;)?(?:[34][0-8]|9[0-7])(?:;[\d;]*)?m")
    assert colour.search(printed()) and not colour.search(printed(NO_COLOR="1"))


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
