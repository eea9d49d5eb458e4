"""A chapter cut down to what some of its checks depend on, so that grading it runs nothing else.

A wrong answer can change only the checks that depend on it. Which those are is read from the
instructor's cells, as the plan of a notebook is; given cells that need no student's name are few
and cheap, so all of them stay.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from graders.notebooks.bundle import Bundle, SourceNotebook
from graders.notebooks.plan import CellPlan, Plan, make_plan, plain_python
from graders.results import Role

Wanted = Callable[[CellPlan, frozenset[str]], bool]  # a checks cell, and the names of the cells it needs


def for_answer(bundle: Bundle, answer: str) -> Bundle:
    """Return the bundle with only the checks cells that depend on an answer cell, and what they need."""
    return _reduced(bundle, lambda step, needed: answer in needed)


def for_checks(bundle: Bundle, names: frozenset[str]) -> Bundle:
    """Return the bundle with only the checks cells of these names, and what they need."""
    return _reduced(bundle, lambda step, needed: step.cell.name in names)


def given_only(bundle: Bundle) -> Bundle:
    """Return the bundle with only the given cells that need no student's name."""
    return _reduced(bundle, lambda step, needed: False, empty=True)


def _reduced(bundle: Bundle, wanted: Wanted, *, empty: bool = False) -> Bundle:
    made = [_cut(notebook, wanted) for notebook in bundle.notebooks]
    kept = [n for n in made if empty or any(cell.role is Role.CHECKS for cell in n.cells)]
    return replace(bundle, notebooks=tuple(kept or made[:1]))


def _cut(notebook: SourceNotebook, wanted: Wanted) -> SourceNotebook:
    plan = make_plan(notebook)
    keep = {number for number, step in enumerate(plan.cells) if step.pristine or step.unseeded}
    for number, needed in _all_needs(notebook):
        if wanted(plan.cells[number], frozenset(plan.cells[n].cell.name for n in needed)):
            keep |= {number, *needed}
    return replace(notebook, cells=tuple(plan.cells[number].cell for number in sorted(keep)))


@lru_cache(maxsize=64)
def _all_needs(notebook: SourceNotebook) -> list[tuple[int, set[int]]]:
    """Return the numbers of the checks cells, with those of the cells that each needs."""
    plan = make_plan(notebook)
    checks = [number for number, step in enumerate(plan.cells) if step.cell.role is Role.CHECKS]
    return [(number, needs(plan, number)) for number in checks]


def needs(plan: Plan, number: int) -> set[int]:
    """Return the numbers of the given and answer cells that a cell needs, directly or through others.

    A cell that changes an object another one made (``table["x"] = ...``, ``model.fit(...)``) is needed
    by whoever needs that object.
    """
    theirs = {name for step in plan.cells if step.cell.runs and not step.pristine for name in step.binds}
    wanted, chosen = set(plan.cells[number].uses), set()
    for earlier in range(number - 1, -1, -1):
        step = plan.cells[earlier]
        if step.cell.runs and (step.binds | set(_changed(step, theirs))) & wanted:
            chosen.add(earlier)
            wanted |= step.uses
    return chosen


def _changed(step: CellPlan, theirs: set[str]) -> Iterator[str]:
    """Yield the names whose objects a cell changes as it runs, without binding them anew."""
    waiting: list[ast.AST] = list(ast.parse(plain_python(step.cell.source)).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue  # changes nothing before it is called
        waiting += ast.iter_child_nodes(node)
        stores = isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del)
        method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        root = _root(node.func if isinstance(node, ast.Call) else node) if stores or method else ""
        if root and (stores or root in theirs):
            yield root


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
