"""The cell that a release begins with: is everything there that the notebook imports, and if not, what to do.

Students run notebooks where nobody prepared anything: on Colab, Kaggle, their own machine. The cell is
written when a chapter is released and stands in the student's notebook only; grading does not run it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from graders.notebooks.plan import plain_python

CELL_ID = "first-cell"  # a hyphen: no cell of a chapter can have this name
# What `pip install graders` brings, and `pip install 'graders[keras]'` besides.
_PLAIN = frozenset({"graders", "matplotlib", "numpy", "pandas", "scipy", "sklearn"})
_KERAS = frozenset({"gymnasium", "keras", "tensorboard", "tensorflow"})
_TEXT = """\
# Is everything here that this notebook needs? If not, this cell says what to do.
from importlib.util import find_spec

missing = [name for name in {names} if find_spec(name) is None]
if missing:
    told = "Run in a cell of its own: %pip install {packages}, then restart the kernel and begin at the top."
    raise ImportError(f"This notebook needs what is not installed here: {{', '.join(missing)}}. {{told}}")"""


def add_first_cell(notebook: dict[str, Any], beside: Iterable[str] = ()) -> None:
    """Put the cell before the first cell with code of a released notebook that imports ``graders``.

    Modules named in ``beside`` lie in the notebook's own folder and need not be installed. Other notebooks
    of a course, and those that have such a cell already, stay as they are.
    """
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in cells]
    names = sorted(set(_imported(sources)) - set(beside) - sys.stdlib_module_names)
    if "graders" not in names or any("find_spec(" in source for source in sources):
        return
    source = _TEXT.format(names=_tuple(names), packages=" ".join(_packages(names)))
    notebook["cells"].insert(notebook["cells"].index(cells[0]), _cell(source))


def _cell(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": CELL_ID,
        "metadata": {"deletable": False, "editable": False},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def _imported(sources: Iterable[str]) -> Iterator[str]:
    """Yield the packages that cells import as they run; those of functions and ``try`` may be absent."""
    for source in sources:
        try:
            body = ast.parse(plain_python(source)).body
        except SyntaxError:  # an answer that is to be completed, or another language
            continue
        for node in body:
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def _tuple(names: list[str]) -> str:
    """The names as Python writes a tuple of strings in double quotes."""
    return "(" + ", ".join(f'"{name}"' for name in names) + ("," if len(names) == 1 else "") + ")"


def _packages(names: list[str]) -> list[str]:
    """What pip is to install: the package, with the extra that brings Keras, and what it does not bring."""
    package = "'graders[keras]'" if _KERAS.intersection(names) else "graders"
    return [package, *(name for name in names if name not in _PLAIN | _KERAS)]
