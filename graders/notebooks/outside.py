"""Solutions that stand outside their markers, where the release would hand them to the students."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from graders.errors import SourceError
from graders.notebooks.roles import MARKERS, Markers, solution_of

Written = tuple[int, str, str, str]  # of a code cell: its first line, its keyword or nothing, name, source


def outside(cells: Iterable[Written], markers: Markers = MARKERS) -> Iterator[tuple[int, str]]:
    """Yield (line, problem) for answers with nothing between their markers and for solutions elsewhere."""
    listed = list(cells)
    asked: dict[str, str] = {}
    for line, keyword, name, source in listed:
        if keyword != "answer":
            continue
        if _is_empty(source, markers):
            yield line, f"nothing stands between the solution markers of {name!r}: put them around the solution"
        asked.update(dict.fromkeys(_definitions(source), name))
    for line, keyword, _, source in listed:
        for found in _definitions(source) if keyword in ("", "given") else ():
            if found in asked:
                yield (
                    line,
                    f"a solution stands outside its markers: {found!r} is defined here for everybody to read, "
                    f"and students are asked for it in {asked[found]!r}",
                )


def _is_empty(source: str, markers: Markers) -> bool:
    """Whether there are markers and only blank lines and comments between them."""
    try:
        lines = solution_of(source, markers).split("\n")
    except SourceError:  # markers without a partner are told of elsewhere
        return False
    return all(not line.strip() or line.strip().startswith("#") for line in lines)


def _definitions(source: str) -> list[str]:
    """Return the functions and classes that a cell defines at its top; none if it is not Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # magics, or a mistake that running it shows
        return []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node.name for node in tree.body if isinstance(node, kinds)]
