"""Whether a notebook's checks have to be made between its cells, because what they look at changes after them.

Otherwise all cells run first, and the checks after them: that shows no cell anything a check sent. This reads a
student's text by patterns only and never parses it: over-careful costs time, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from graders.notebooks.plan import Plan
from graders.notebooks.sanitise import Cell
from graders.results import Role

_IMPORT = re.compile(r"^\s*(import|from)\s.*$", re.MULTILINE)
_NAME = re.compile(r"[^\W\d]\w*")
_SET = re.compile(
    r"(?<![\w.])([^\W\d]\w*)\s*(?:(?:\.\w+|\[[^\]\n]{0,200}\])\s*)*"
    r"(?:=(?!=)|(?:\+|-|\*\*?|//?|%|@|&|\||\^|<<|>>)=|,[^=\n()]{0,200}=(?!=))"
)
_DEFINED = re.compile(r"\b(?:def|class|as|del|for|global)\s+([^\W\d]\w*)")
_BARE = re.compile(r"^[ \t]*([^\W\d]\w*)((?:\.\w+|\[[^\]\n]{0,200}\])*)\(([^\n]*)", re.MULTILINE)
_HARMLESS = frozenset(
    "print display len type help show plot hist head tail describe info sum mean title".split()
)
_LIBRARIES = frozenset("plt ax axes fig sns np pd os sys math".split())


def takes_turns(plan: Plan, cells: Sequence[Cell]) -> bool:
    """Whether a later cell of a hand-in binds or changes something that an earlier checks cell looks at."""
    place = {cell.origin.cell_id: number for number, cell in enumerate(cells)}
    for number, step in enumerate(plan.cells):
        if step.cell.role is not Role.CHECKS or step.inline or not step.student_names:
            continue
        later = [cell for cell in cells[place[step.cell.cell_id] + 1 :] if cell.runs]
        looked_at = _looked_at(plan, number)
        if any(not looked_at.isdisjoint(_touched(cell.text)) for cell in later):
            return True
    return False


def _looked_at(plan: Plan, number: int) -> set[str]:
    """Return the student's names that a checks cell depends on, through the cells that bind them too."""
    wanted = set(plan.cells[number].student_names)
    for step in reversed(plan.cells[:number]):
        if step.cell.runs and step.binds & wanted and not step.pristine:
            wanted |= step.uses
    return wanted


def _touched(text: str) -> Iterable[str]:
    """Yield the names a cell may bind or change, without what it imports."""
    code = _IMPORT.sub("", text[:200_000])
    yield from _SET.findall(code)
    yield from _DEFINED.findall(code)
    for name, path, arguments in _BARE.findall(code):
        method = _NAME.findall(path)[-1:] or [name]
        if method[0] not in _HARMLESS and name not in _LIBRARIES:
            yield name
            yield from _NAME.findall(arguments)
