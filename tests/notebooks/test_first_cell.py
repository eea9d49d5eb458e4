"""The cell that a release begins with: it names what is missing, and is only there where it is of use."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from graders.notebooks import source
from graders.notebooks.bundle import load_bundle
from graders.notebooks.first_cell import CELL_ID, add_first_cell
from graders.notebooks.release import release


def made(*sources, beside=()):
    """The sources of a released notebook's cells after the cell was added."""
    notebook = json.loads(nbformat.writes(new_notebook(cells=[new_code_cell(text) for text in sources])))
    add_first_cell(notebook, beside)
    nbformat.validate(notebook)
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def test_it_names_what_cells_import_and_python_does_not_have():
    first, *_ = made(
        "import os\nimport numpy as np\nfrom sklearn.base import clone", "from graders import check"
    )
    assert 'in ("graders", "numpy", "sklearn") if' in first
    assert "%pip install graders, then" in first


def test_a_single_name_is_a_tuple_too():
    first, _ = made("from graders import check")
    assert 'in ("graders",) if' in first
    exec(first, {})


@pytest.mark.parametrize(
    ("line", "packages"),
    [
        ("import keras", "'graders[keras]'"),
        ("import tensorflow as tf", "'graders[keras]'"),
        ("import seaborn.objects as so", "graders seaborn"),
        ("%matplotlib inline\nimport xgboost", "graders xgboost"),
    ],
)
def test_it_says_what_to_install(line, packages):
    first, *_ = made(f"{line}\nfrom graders import check")
    assert f"%pip install {packages}, then" in first


def test_what_may_be_absent_is_not_asked_for():
    text = "from graders import check\ntry:\n    import torch\nexcept ImportError:\n    torch = None"
    first, *_ = made(text, "def plot():\n    import seaborn\n", "import torch as (not finished")
    assert "torch" not in first and "seaborn" not in first


def test_modules_beside_the_notebook_are_not_asked_for():
    first, _ = made("import helpers\nfrom . import other\nfrom graders import check", beside={"helpers"})
    assert 'in ("graders",) if' in first


@pytest.mark.parametrize(
    "sources",
    [
        ["import numpy as np"],
        ["from importlib.util import find_spec\nfind_spec('x')", "from graders import check"],
        [],
    ],
)
def test_other_notebooks_stay_as_they_are(sources):
    assert made(*sources) == sources


def test_text_stays_in_front_of_it():
    notebook = {"cells": [dict(new_markdown_cell("# One")), dict(new_code_cell("from graders import check"))]}
    add_first_cell(notebook)
    assert [cell["cell_type"] for cell in notebook["cells"]] == ["markdown", "code", "code"]


def test_a_release_has_it_and_the_source_has_not(course):
    """What is handed in is rebuilt from the source, so grading never runs the cell."""
    text = course.root / "source/ch01.py"
    more = "import numpy as np\nimport folder\nimport module\nfrom graders import check\n"
    text.write_text(text.read_text().replace("import numpy as np\n", more))
    public = source.build(course, "ch01").parent
    (public / "folder").mkdir()
    for name in ("folder/__init__.py", "module.py", "numpy.csv"):
        (public / name).write_text("")
    made = nbformat.read(release(course, "ch01") / "ch01.ipynb", as_version=4)
    assert [cell["id"] for cell in made.cells].index(CELL_ID) == 1
    assert 'in ("graders", "numpy") if' in made.cells[1]["source"]
    (notebook,) = load_bundle(course, "ch01").notebooks
    assert CELL_ID not in [cell.cell_id for cell in notebook.cells]
