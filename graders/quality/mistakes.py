"""Catalogued mistakes: wrong answers that students really give, and exactly what each must lose.

One file per mistake in ``tests/mistakes/chNN/``: a docstring that says what is wrong, the name of the
answer cell it replaces, the points it loses in which checks cell, and the code. It may also say which
hint it must get, and which score checks it is a weak baseline for. The files are read as data and never
run here.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.course import Course
from graders.errors import SourceError


@dataclass(frozen=True)
class Mistake:
    """One wrong answer: where it goes, what it loses (checks cell -> points), and its code.

    ``hint`` is a part of a text it must be shown; ``weak`` names sentences of checks it must never pass.
    """

    name: str
    story: str
    answer: str
    loses: dict[str, float]
    code: str
    hint: str = ""
    weak: tuple[str, ...] = ()


def load_mistakes(course: Course, chapter: str) -> dict[str, Mistake]:
    """Return a chapter's mistakes by name; none if the course keeps none.

    Raises SourceError for a file that is not of the form above.
    """
    folder = course.root / "tests" / "mistakes" / chapter.split("_")[0]
    return {path.stem: _read(path) for path in sorted(folder.glob("*.py"))}


def _read(path: Path) -> Mistake:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    values: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values[node.targets[0].id] = ast.literal_eval(node.value)
    try:
        story = ast.get_docstring(tree) or ""
        loses = {str(cell): float(points) for cell, points in values["LOSES"].items()}
        hint, weak = str(values.get("HINT", "")), values.get("WEAK", ())
        weak = (weak,) if isinstance(weak, str) else tuple(map(str, weak))
        return Mistake(path.stem, story, values["ANSWER"], loses, values["CODE"].strip("\n"), hint, weak)
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise SourceError(
            f"The mistake {path.name} needs ANSWER, LOSES and CODE.", hint="See docs/writing-a-chapter.md."
        ) from error
