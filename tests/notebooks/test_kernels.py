"""Kernels of other languages behind the wall: the same limits, the same endings, nothing of the host."""

import pytest

from graders.errors import CourseError
from graders.notebooks.kernels import find_kernel

from ..tally import NAME, install


@pytest.fixture
def tally(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(install(tmp_path)))
    return find_kernel("a.ipynb", NAME, NAME)


def test_it_keeps_its_state_says_what_it_says_and_names_what_is_wrong(run_cells, tally):
    ran = run_cells("let x 3", "add x 4\nsay x", "claim x 8", "shout", program=tally)
    assert ran.outcomes == ["passed", "passed", "failed", "failed"]
    assert ran.printed(1) == "7.0"
    assert (ran.runs[2].error.name, ran.runs[2].error.message) == ("AssertionError", "x is 7.0")


def test_it_runs_behind_the_wall(run_cells, tally):
    assert run_cells("where", program=tally).printed() == "sandbox"


@pytest.mark.parametrize("interrupt", ["signal", "message"])
def test_a_cell_that_takes_too_long_is_stopped_and_the_next_runs(tmp_path, monkeypatch, run_cells, interrupt):
    monkeypatch.setenv("JUPYTER_PATH", str(install(tmp_path, interrupt=interrupt)))
    tally = find_kernel("a.ipynb", NAME, NAME)
    ran = run_cells("let x 3", "wait 600", "claim x 3", program=tally, cell_seconds=2)
    assert ran.outcomes == ["passed", "timed_out", "passed"]


def test_a_cell_that_ends_the_kernel_costs_itself_only(run_cells, tally):
    ran = run_cells("let x 3", "leave", "claim x 3", program=tally)
    assert ran.outcomes == ["passed", "crashed", "passed"]


def test_a_kernel_whose_files_no_sandbox_shows_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(install(tmp_path, "{resource_dir}/start.R")))
    with pytest.raises(CourseError, match=r"kernel 'tally' .*needs .*start\.R: no sandbox shows"):
        find_kernel("a.ipynb", NAME, NAME)
