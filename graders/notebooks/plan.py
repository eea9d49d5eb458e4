"""Which names are whose: read from the instructor's source, never from the submission.

A name last bound by a given cell is pristine and lives in the judge. A name last bound by an answer
cell is the student's, fetched over the bridge. A given cell that uses a student's name runs in the
student kernel only, and what it binds counts as the student's.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath

from graders.errors import SourceError
from graders.notebooks.bundle import SourceCell, SourceNotebook
from graders.notebooks.draws import Draws
from graders.results import Role

_BODY_MAGICS = ("time", "timeit", "capture", "prun")
_DATA_SUFFIXES = (".txt", ".csv", ".tsv", ".json", ".md", ".html", ".xml", ".log", ".dat")
_TIMED_LINE = re.compile(r"^([ \t]*)%time[ \t]+(?=\S)", re.MULTILINE)
_MAGIC = re.compile(r"^[ \t]*[%!?]|\?$|=[ \t]*[%!][ \t]*\w", re.MULTILINE)
_BUDGETS = ("check.faster", "check.within", "faster", "within")


@dataclass(frozen=True)
class CellPlan:
    """What a cell binds and uses, and how it is run."""

    cell: SourceCell
    binds: frozenset[str]
    uses: frozenset[str]
    pristine: bool = False  # a given cell that the judge runs too
    student_names: frozenset[str] = frozenset()  # for checks cells: names fetched over the bridge
    timed_names: frozenset[str] = frozenset()  # for checks cells: names whose reference is timed
    baselines: str = ""  # for checks cells: functions of the cell that the reference kernel defines too
    inline: bool = False  # a checks cell that runs in the student's kernel
    unseeded: bool = False  # a given cell that makes other data each time, by itself
    classes: frozenset[str] = frozenset()  # for checks cells: the student's names that are classes
    anything: bool = False  # for checks cells: a student's cell before it imported everything of a module
    files: tuple[str, ...] = ()  # for checks cells: data files it names, which students may write


@dataclass(frozen=True)
class Plan:
    """The plan of one notebook, cell by cell in source order."""

    cells: tuple[CellPlan, ...]

    def slice_for(self, names: Iterable[str], before: int) -> list[SourceCell]:
        """Return the given and answer cells that names need, in order, from those before a cell."""
        wanted, chosen = set(names), []
        for plan in reversed(self.cells[:before]):
            if plan.cell.runs and plan.binds & wanted:
                chosen.append(plan.cell)
                wanted |= plan.uses
        return chosen[::-1]


@lru_cache(maxsize=256)  # a class hands in one notebook; a chapter's takes a tenth of a second
def make_plan(notebook: SourceNotebook) -> Plan:
    """Analyse a notebook; raises SourceError for a cell of the instructor that is not Python.

    Of a notebook in another language no names are known: all of it runs in the student's kernel.
    """
    if notebook.kernel is not None:
        return Plan(tuple(map(_in_their_kernel, notebook.cells)))
    owner: dict[str, bool] = {}  # name -> last bound by the student
    classes: set[str] = set()
    anything, steady_draws = False, Draws()
    plans = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            plans.append(CellPlan(cell, frozenset(), frozenset()))
            continue
        source = plain_python(cell.source)
        tree = _parse(cell, source)
        binds, uses = _names(source, tree)
        theirs = frozenset(name for name in uses if owner.get(name))
        if cell.role is Role.CHECKS and cell.mode != "inline":
            timed, baselines = _timed(tree)
            split = CellPlan(cell, binds, uses, False, theirs, timed, baselines)
            known = frozenset(name for name in classes if owner.get(name))
            plans.append(replace(split, classes=known, anything=anything, files=tuple(_files_in(tree))))
            continue
        inline = cell.role is Role.CHECKS
        steady = steady_draws.take(tree)
        students = (
            inline
            or not steady
            or cell.role is Role.ANSWER
            or bool(theirs)
            or _reads_one_of(tree, notebook.theirs)
        )
        if students:
            steady_draws.lose()
        owner.update(dict.fromkeys(binds, students))
        classes = (classes - binds) | {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        anything = anything or (students and _imports_everything(tree))
        unseeded = cell.role is Role.GIVEN and not steady and not theirs
        plan = CellPlan(cell, binds, uses, pristine=not students, inline=inline, unseeded=unseeded)
        plans.append(plan)
    return Plan(tuple(plans))


def _in_their_kernel(cell: SourceCell) -> CellPlan:
    return CellPlan(cell, frozenset(), frozenset(), inline=cell.role is Role.CHECKS)


def _imports_everything(tree: ast.Module) -> bool:
    found = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return any(alias.name == "*" for node in found for alias in node.names)


def _files_in(tree: ast.Module) -> Iterable[str]:
    """Yield the data files a cell names; of no kind that could hold code or a pickled object."""
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    for text in dict.fromkeys(text for text in texts if isinstance(text, str) and len(text) < 200):
        path = PurePosixPath(text)
        plain = path.suffix in _DATA_SUFFIXES and not path.is_absolute() and ".." not in path.parts
        if plain and not any(part.startswith(".") for part in path.parts):
            yield text


def _reads_one_of(tree: ast.Module, files: Iterable[str]) -> bool:
    """Whether a cell imports or names one of the files that students hand in changed."""
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            words |= {alias.name for alias in node.names} | {getattr(node, "module", None)}
    wanted = {part for file in files for part in (file, file.removesuffix(".py").replace("/", "."))}
    return not wanted.isdisjoint(words)


def _parse(cell: SourceCell, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise SourceError(
            f"The cell {cell.name or cell.cell_id!r} is not Python: {error.msg} in line {error.lineno}."
        ) from error


def plain_python(source: str) -> str:
    """Return a cell without IPython's syntax: magics become calls, `%%time` and the like their body."""
    first, _, body = source.lstrip().partition("\n")
    if first.startswith("%%") and first[2:].split(" ")[0] in _BODY_MAGICS:
        return plain_python("\n" + body)
    source = _TIMED_LINE.sub(r"\1", source)
    if not _MAGIC.search(source):
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    return str(TransformerManager().transform_cell(source))


def _names(source: str, tree: ast.Module) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names a cell binds at the top level and those it reads there or in any inner scope."""
    top = symtable.symtable(source, "cell", "exec")
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    used = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    for scope in _inner_scopes(top):
        outer = [s for s in scope.get_symbols() if s.is_global()]
        bound.update(s.get_name() for s in outer if s.is_assigned())
        used.update(s.get_name() for s in outer if s.is_referenced())
    return frozenset(bound), frozenset(used | _changed(tree))


def _inner_scopes(table: symtable.SymbolTable) -> Iterable[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _inner_scopes(child)


def _changed(tree: ast.Module) -> set[str]:
    """Return names that are deleted or augmented: that needs the old value too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
            found.add(node.id)
    return found


def _timed(tree: ast.Module) -> tuple[frozenset[str], str]:
    """Return the names whose time is compared, and the source of baselines that the cell itself defines.

    What such a baseline uses is named too, so that the reference kernel has it.
    """
    named = set(_compared(tree))
    own = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in named]
    used = {n.id for function in own for n in ast.walk(function) if isinstance(n, ast.Name)}
    return frozenset(named | used), "\n\n".join(map(ast.unparse, own))


def _compared(tree: ast.Module) -> Iterable[str]:
    """Yield the names of functions that time budgets run in the reference kernel."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in _BUDGETS:
            continue
        options = {word.arg: word.value for word in node.keywords}
        helpers = getattr(options.get("using"), "elts", [])
        for function in (*node.args[1:2], options.get("func"), options.get("baseline"), *helpers):
            while isinstance(function, ast.Attribute):
                function = function.value
            if isinstance(function, ast.Name):
                yield function.id
