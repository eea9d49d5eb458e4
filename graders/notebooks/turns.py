"""Whether a notebook's checks have to be made between its cells, because what they look at changes after them.

Otherwise all cells run first, and the checks after them: that shows no cell anything a check sent. This reads a
student's text by patterns only and never parses it: over-careful costs time, and nothing else.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Sequence

from graders.notebooks.plan import Plan
from graders.notebooks.sanitise import Cell
from graders.results import Role

_IMPORT = re.compile(r"^\s*(import|from)\s.*$", re.MULTILINE)
_IMPORTED = re.compile(r"^\s*(?:from\s+\S+\s+)?import\s+([^\n#]+)", re.MULTILINE)
_NAME = re.compile(r"[^\W\d]\w*")
_SET = re.compile(
    r"(?<![\w.])([^\W\d]\w*)\s*((?:\.\w+|\[[^\]\n]{0,200}\])*)\s*"
    r"(?:=(?!=)|(?:\+|-|\*\*?|//?|%|@|&|\||\^|<<|>>)=)"
)
_UNPACKED = re.compile(r"(?:^|;)[ \t]*[(\[]?([^\W\d]\w*[^=\n;()]{0,300})[)\]]?[ \t]*=(?!=)", re.MULTILINE)
_COMMENT = re.compile(r"^((?:[^'\"#\n]|'[^'\n]*'|\"[^\"\n]*\")*+)#.*$", re.MULTILINE)
_DEFINED = re.compile(r"\b(?:def|class|as|del|for|global)\s+([^\W\d]\w*)")
_DECLARED = re.compile(r"\bglobal\s+([^\n#;]+)")
_BARE = re.compile(r"^[ \t]*([^\W\d]\w*)((?:\.\w+|\[[^\]\n]{0,200}\])*)\(([^\n]*)", re.MULTILINE)
_FUNCTION = re.compile(r"^([ \t]*)(?:async[ \t]+)?def[ \t]+[^\W\d]\w*[ \t]*\(([^\n]*)")
_HARMLESS = frozenset(
    "print display len type help show plot hist head tail describe info sum mean title".split()
)
_LIBRARIES = frozenset("plt ax axes fig sns np pd os sys math".split())
_BUILTINS = frozenset(dir(builtins)) - {"delattr", "eval", "exec", "next", "setattr"}  # those change things
_LONGEST = 200_000


def takes_turns(plan: Plan, cells: Sequence[Cell]) -> bool:
    """Whether a later cell of a hand-in binds or changes something that an earlier checks cell looks at."""
    place = {cell.origin.cell_id: number for number, cell in enumerate(cells)}
    touched: dict[int, frozenset[str]] = {}
    for number, step in enumerate(plan.cells):
        if step.cell.role is not Role.CHECKS or step.inline or not step.student_names:
            continue
        looked_at = _looked_at(plan, number)
        for later in range(place[step.cell.cell_id] + 1, len(cells)):
            if later not in touched:
                touched[later] = _changes(cells[:later], cells[later])
            if not looked_at.isdisjoint(touched[later]):
                return True
    return False


def _looked_at(plan: Plan, number: int) -> set[str]:
    """Return the student's names that a checks cell depends on, through the cells that bind them too."""
    wanted = set(plan.cells[number].student_names)
    for step in reversed(plan.cells[:number]):
        if step.cell.runs and step.binds & wanted and not step.pristine:
            wanted |= step.uses
    return wanted


def _changes(before: Sequence[Cell], cell: Cell) -> frozenset[str]:
    """Return the names that a cell may bind or change; what it imports again stays what it is."""
    if not cell.runs:
        return frozenset()
    modules = {name for other in (*before, cell) if other.runs for name in _imports(other.text)}
    return frozenset(_touched(cell.text[:_LONGEST], modules))


def _imports(text: str) -> Iterator[str]:
    """Yield the names that import statements bind."""
    for names in _IMPORTED.findall(text[:_LONGEST]):
        for part in names.strip("() ").split(","):
            words = _NAME.findall(part)
            if words:
                yield words[-1] if " as " in part else words[0]


def _touched(text: str, modules: set[str]) -> Iterator[str]:
    """Yield the names a cell binds or may change, at once or when a function that it defines is called.

    A function binds names of its own; what it changes of others counts. A call of a library's function, as
    ``np.random.seed(1)``, changes nothing that has a name here, but perhaps what it is given.
    """
    own, functions = _apart(_COMMENT.sub(r"\1", _IMPORT.sub("", text)))
    yield from (name for name, path in _SET.findall(own) if not path or name not in modules)
    yield from _unpacked(own)
    yield from _DEFINED.findall(own)
    yield from _called(own, modules)
    for head, body in functions:
        local = set(_NAME.findall(head)) | set(_DEFINED.findall(body))
        local |= {name for name, path in _SET.findall(body) if not path} | set(_unpacked(body))
        shared = {name for names in _DECLARED.findall(body) for name in _NAME.findall(names)}
        yield from shared
        yield from {name for name, path in _SET.findall(body) if path} - local - modules
        yield from set(_called(body, modules)) - (local - shared)


def _unpacked(code: str) -> Iterator[str]:
    """Yield the names of assignments to several at once."""
    for names in _UNPACKED.findall(code):
        yield from _NAME.findall(names) if "," in names else ()


def _apart(code: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a cell's lines outside of functions, and (first line, body) of each outermost function."""
    own: list[str] = []
    functions: list[tuple[str, list[str]]] = []
    depth = -1  # how far the function is indented that we are in
    for line in code.split("\n"):
        indent = len(line) - len(line.lstrip())
        if depth >= 0 and (indent > depth or not line.strip() or line.lstrip()[0] in ")]}"):
            functions[-1][1].append(line)
            continue
        depth = -1
        own.append(line)
        if found := _FUNCTION.match(line):
            depth = len(found[1])
            functions.append((found[2], []))
            own[-1] = line[: line.index("(")]
    return "\n".join(own), [(head, "\n".join(body)) for head, body in functions]


def _called(code: str, modules: set[str]) -> Iterator[str]:
    """Yield what calls that stand alone may change: the object of a method, what a function is given."""
    for name, path, arguments in _BARE.findall(code):
        method = _NAME.findall(path)[-1:] or [name]
        if method[0] in _HARMLESS or name in _BUILTINS:
            continue
        free = name in modules or name in _LIBRARIES
        if not free:
            yield name
        if free or not path:
            yield from set(_NAME.findall(arguments)) - modules - _BUILTINS
