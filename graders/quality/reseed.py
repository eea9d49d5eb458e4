"""The seeds of training, changed: a reference that draws other weights and batches, and is otherwise the same.

A threshold must not rest on the one seed that the author wrote down. Only the seeds of whole libraries are
changed (``keras.utils.set_random_seed(7)`` and the like), because students choose those themselves; a
``random_state=`` often belongs to what is asked.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from graders.notebooks.bundle import Bundle, SourceCell, SourceNotebook
from graders.notebooks.plan import CellPlan, make_plan, plain_python
from graders.results import Role

# Of Keras, TensorFlow, NumPy and the standard library, the last two as `np.random.seed` and `random.seed`.
_SEEDING = frozenset({"set_random_seed", "set_seed", "seed"})


def answers_with(answers: dict[str, str], number: int) -> dict[str, str]:
    """Return answers, by the names of their cells, with other seeds; those of number 0 are the author's."""
    return {name: reseeded(code, number) for name, code in answers.items()}


def bundle_with(bundle: Bundle, number: int) -> Bundle:
    """Return a bundle with other seeds in the given cells that use the student's names, and nowhere else.

    What those cells bind counts as the student's; the others make data, and the judge runs them too.
    """
    return replace(bundle, notebooks=tuple(_notebook(notebook, number) for notebook in bundle.notebooks))


def _notebook(notebook: SourceNotebook, number: int) -> SourceNotebook:
    cells = (_cell(step, number) for step in make_plan(notebook).cells)
    return replace(notebook, cells=tuple(cells))


def _cell(step: CellPlan, number: int) -> SourceCell:
    trains = step.cell.role is Role.GIVEN and step.cell.runs and not step.pristine
    return replace(step.cell, source=reseeded(step.cell.source, number)) if trains else step.cell


def reseeded(code: str, number: int) -> str:
    """Return code with ``number`` times a thousand added to the constants that seed a library."""
    lines = code.splitlines(keepends=True)
    for row, start, end, value in reversed(_seeds(code)):
        line = lines[row].encode()  # the tree counts columns in bytes
        lines[row] = (line[:start] + str(value + 1000 * number).encode() + line[end:]).decode()
    return "".join(lines)


def _seeds(code: str) -> list[tuple[int, int, int, int]]:
    """Return line, first and last column, and value of the whole numbers that seed a library, in order."""
    plain = plain_python(code)
    try:
        tree = ast.parse(plain)
    except SyntaxError:
        return []  # an essay
    lines = zip(code.splitlines(), plain.splitlines(), strict=False)
    kept = [line == other for line, other in lines]  # magics stand at other columns, and are left alone
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args and _name(n.func) in _SEEDING]
    places = sorted(_place(n.args[0]) for n in calls if _is_whole(n.args[0]))
    return [place for place in places if kept[place[0]]]


def _is_whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _place(node: ast.expr) -> tuple[int, int, int, int]:
    return node.lineno - 1, node.col_offset, node.end_col_offset or 0, ast.literal_eval(node)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""
