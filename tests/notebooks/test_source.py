"""The text of a chapter and its notebook: the same bytes, the way back, and rules with line numbers."""

import jupytext
import nbformat
import pytest

from graders.errors import SourceError
from graders.notebooks import source
from graders.notebooks.roles import role_of


def _notebook(course):
    return nbformat.read(source.notebook_path(course, "ch01"), as_version=4)


def _write(course, text):
    source.text_path(course, "ch01").write_text(text)


def _save_as_jupyterlab(course, notebook):
    """JupyterLab keeps outputs, counts runs and writes a longer header."""
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.2"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = 7
            cell.outputs = [nbformat.v4.new_output("stream", text="old")]
    nbformat.write(notebook, source.notebook_path(course, "ch01"))


def test_building_twice_gives_the_same_bytes_and_a_valid_notebook(course):
    first = source.build(course, "ch01").read_bytes()
    assert source.build(course, "ch01").read_bytes() == first
    notebook = _notebook(course)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells][1:] == ["data", "mean", "mean_test", "why"]
    assert [role_of(cell).value for cell in notebook.cells] == ["prose", "given", "answer", "checks", "essay"]
    assert notebook.metadata.kernelspec.name == "python3"
    assert "jupytext" not in notebook.metadata
    assert notebook.cells[3].metadata.nbgrader.points == 4


def test_jupytext_reads_the_same_cells_from_our_text(course):
    source.build(course, "ch01")
    theirs = jupytext.read(source.text_path(course, "ch01")).cells
    assert [cell.source for cell in theirs] == [cell.source for cell in _notebook(course).cells]


def test_moving_a_lesson_keeps_its_cell_id(course, text):
    source.build(course, "ch01")
    before = _notebook(course).cells[0].id
    _write(course, "# %% [markdown]\n# New first lesson\n\n" + text)
    source.build(course, "ch01")
    assert _notebook(course).cells[1].id == before


def test_equal_lessons_have_different_ids(course, text):
    _write(course, text + "\n# %% [markdown]\n# same\n\n# %% [markdown]\n# same\n")
    source.build(course, "ch01")
    nbformat.validate(_notebook(course))


def test_comments_that_look_like_shell_commands_stay_comments(course, text):
    _write(course, text + "\n# %%\n# cat the arrays\n# ls of them?\n# %matplotlib inline\n")
    source.build(course, "ch01")
    assert _notebook(course).cells[-1].source == "# cat the arrays\n# ls of them?\n%matplotlib inline"


def test_data_files_beside_the_notebook_stay(course):
    source.build(course, "ch01")
    data = source.notebook_path(course, "ch01").parent / "data.csv"
    data.write_bytes(b"a\r\n1")
    source.build(course, "ch01")
    assert data.read_bytes() == b"a\r\n1"
    assert source.check(course, "ch01") == []


def test_pulling_an_unchanged_notebook_leaves_the_text_as_it_is_written(course, text):
    formatted = text.replace("X = np", "\n\nX = np").replace("# %% given", "\n\n# %% given")
    _write(course, formatted)
    built = source.build(course, "ch01").read_bytes()
    _save_as_jupyterlab(course, _notebook(course))
    source.pull(course, "ch01")
    assert source.text_path(course, "ch01").read_text() == formatted
    assert source.build(course, "ch01").read_bytes() == built


def test_an_edit_in_jupyterlab_comes_back_and_only_its_cell_changes(course, text):
    source.build(course, "ch01")
    notebook = _notebook(course)
    notebook.cells[1].source += "\nY = X**2\n%matplotlib inline"
    notebook.cells.insert(2, nbformat.v4.new_markdown_cell("New *lesson*\n\n- a"))
    notebook.cells.append(nbformat.v4.new_code_cell(""))
    notebook.cells[-2].metadata.nbgrader.points = 2.5
    _save_as_jupyterlab(course, notebook)
    source.pull(course, "ch01")
    pulled = source.text_path(course, "ch01").read_text()
    added = "Y = X**2\n# %matplotlib inline\n\n# %% [markdown]\n# New *lesson*\n#\n# - a\n"
    expected = text.replace("X = np.arange(6.0)\n", f"X = np.arange(6.0)\n{added}")
    assert pulled == expected.replace("points=2", "points=2.5")
    built = source.build(course, "ch01").read_bytes()
    source.pull(course, "ch01")
    assert source.text_path(course, "ch01").read_text() == pulled
    assert source.build(course, "ch01").read_bytes() == built


def test_a_budget_stands_in_the_notebook_and_comes_back(course, text):
    assert 'answer="mean"' in text
    with_budget = text.replace('answer="mean"', 'answer="mean" budget=2.5')
    source.text_path(course, "ch01").write_text(with_budget)
    built = source.build(course, "ch01").read_bytes()
    assert [c.metadata["graders"] for c in _notebook(course).cells if "graders" in c.metadata] == [
        {"budget": 2.5}
    ]
    source.text_path(course, "ch01").unlink()
    source.pull(course, "ch01")
    assert "budget=2.5" in source.text_path(course, "ch01").read_text()
    assert source.build(course, "ch01").read_bytes() == built


def test_a_notebook_without_text_can_be_pulled(course):
    built = source.build(course, "ch01").read_bytes()
    source.text_path(course, "ch01").unlink()
    source.pull(course, "ch01")
    assert source.build(course, "ch01").read_bytes() == built


def test_names_made_up_by_the_create_assignment_panel_are_accepted(course):
    source.build(course, "ch01")
    notebook = _notebook(course)
    notebook.cells[1].metadata.nbgrader.grade_id = "cell-0A1b"
    _save_as_jupyterlab(course, notebook)
    source.pull(course, "ch01")
    assert 'given="cell_0a1b"' in source.text_path(course, "ch01").read_text()


def test_a_notebook_the_text_cannot_say_is_not_pulled(course, text):
    source.build(course, "ch01")
    notebook = _notebook(course)
    notebook.cells[1].source += "\n# %%\nx = 1"
    _save_as_jupyterlab(course, notebook)
    with pytest.raises(SourceError, match="begin a new cell"):
        source.pull(course, "ch01")
    assert source.text_path(course, "ch01").read_text() == text


RULES = [
    ('given="data"', 'given="Data set"', "line 6: the name 'Data set'"),
    ('given="data"', "given=data", "line 6: 'given=data' is not understood"),
    ('given="data"', 'givn="data"', "line 6: 'givn' is not understood"),
    ('given="data"', 'given="data" points=2', "line 6: given cells have no points"),
    ('given="data"', 'given="data" answer="x"', "line 6: a cell has one role"),
    ('given="data"', 'given="mean"', "line 11: the name 'mean' is already used in line 6"),
    (" points=4", "", "line 20: checks need points"),
    ("points=4", "points=4 budget=3", "line 20: budget=3 is a number above 0, on answer cells"),
    ('given="data"', 'given="data" budget=3', "line 6: budget=3 is a number above 0, on answer cells"),
    ("points=4", 'points="4"', "line 20: points are a number, not '4'"),
    ("points=4", "points=-1", "line 20: points are a number, not -1"),
    ('[markdown] essay="why"', '[markdown] checks="why"', "line 26: a markdown cell cannot be 'checks'"),
    ('answer="mean"', 'given="mean"', "line 14: 'BEGIN SOLUTION' outside a cell with the role answer or essay"),
    ('checks="mean_test" points=4', 'given="t"', "line 22: 'BEGIN HIDDEN TESTS' outside a cell with the role"),
    ("### END HIDDEN TESTS\n", "", "line 22: 'BEGIN HIDDEN TESTS' without 'END HIDDEN TESTS'"),
    ("### BEGIN HIDDEN TESTS\n", "", "line 23: 'END HIDDEN TESTS' without 'BEGIN HIDDEN TESTS'"),
    ("### END HIDDEN", "### BEGIN HIDDEN", "line 24: 'BEGIN HIDDEN TESTS' twice"),
    ('"also of other data"', 'f"of {X}"', "line 23: the first argument of check.close must be a plain string"),
    ('"also of other data", ', "", "line 23: the first argument of check.close"),
    ("check.close(\"also", "check.close((\"also", "line 23: this is not Python"),
    ("# %% [markdown]\n# # 1", "import os\n# %% [markdown]\n# # 1", "line 1: text before the first cell"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problem"), RULES, ids=[rule[2][:40] for rule in RULES])
def test_a_broken_rule_is_named_with_its_line_and_nothing_is_built(course, text, old, new, problem):
    assert old in text
    _write(course, text.replace(old, new, 1))
    with pytest.raises(SourceError) as caught:
        source.build(course, "ch01")
    assert problem in str(caught.value)
    assert any(problem in found for found in source.check(course, "ch01"))
    assert not source.notebook_path(course, "ch01").exists()


def test_check_tells_that_the_notebook_is_not_up_to_date(course, text):
    assert "is not what source/ch01.py compiles to" in source.check(course, "ch01")[0]
    source.build(course, "ch01")
    assert source.check(course, "ch01") == []
    _write(course, text + "\n# %% [markdown]\n# more\n")
    assert len(source.check(course, "ch01")) == 1


@pytest.mark.parametrize("name", ["ch01.py", "sub/notes.md"])
def test_check_finds_chapter_text_that_would_be_released(course, text, name):
    folder = source.build(course, "ch01").parent
    (folder / "sub").mkdir()
    (folder / name).write_text(text)
    assert source.check(course, "ch01") == [
        f"source/ch01/{name} is text of a chapter and would be released: move it up one folder"
    ]


def test_a_chapter_without_text_is_named(course):
    with pytest.raises(SourceError, match=r"There is no source/ch09\.py"):
        source.build(course, "ch09")
    assert source.check(course, "ch09") == ["There is no source/ch09.py. Write the chapter's text there."]


def test_a_file_that_is_no_notebook_cannot_be_pulled(course):
    with pytest.raises(SourceError, match=r"no notebook ch01\.ipynb"):
        source.pull(course, "ch01")
    source.build(course, "ch01").write_text("not json")
    with pytest.raises(SourceError, match="is not a notebook"):
        source.pull(course, "ch01")
