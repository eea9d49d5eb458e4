"""adopted.toml: how the checks cells of a course are run, and which corrections of nbgrader it does without.

`graders adopt` writes the file, people review and change it, grading reads it. Imports errors only.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from graders.errors import CourseError

NAME = "adopted.toml"
MODES = ("split", "inline")


@dataclass(frozen=True)
class Exact:
    """Which corrections are switched off: what of it is true is done exactly as nbgrader does it."""

    stderr: bool = field(
        default=False,
        metadata={"told": "a test that writes to stderr gives 0 points", "ours": "noise costs nothing"},
    )
    numbers: bool = field(
        default=False,
        metadata={
            "told": "NaN, negative and NumPy numbers give full points, too many end grading",
            "ours": "NaN and negative numbers give 0, NumPy numbers what they say, too many the most there is",
        },
    )
    stale_scores: bool = field(
        default=False,
        metadata={
            "told": "when a kernel dies, grading the submission fails and an old score stays",
            "ours": "its cell loses its points, the rest is graded, and no old score stays",
        },
    )
    hidden_in_feedback: bool = field(
        default=False,
        metadata={"told": "feedback shows the code of hidden tests", "ours": "nothing hidden is shown"},
    )


@dataclass(frozen=True)
class Decision:
    """How a checks cell runs, and why so if it is not split."""

    mode: str = "split"
    why: str = ""


Place = tuple[str, str, str]  # chapter, notebook, cell


@dataclass(frozen=True)
class Adopted:
    """What adopted.toml says."""

    exact: Exact = field(default_factory=Exact)
    decisions: Mapping[Place, Decision] = field(default_factory=dict)

    def mode(self, chapter: str, notebook: str, cell: str) -> str:
        """Return how a checks cell runs; split if nothing was decided."""
        return self.decisions.get((chapter, notebook, cell), Decision()).mode


def read_adopted(root: Path) -> Adopted:
    """Read a course's decisions, none if it has no adopted.toml; raises CourseError for what makes no sense."""
    path = root / NAME
    if not path.is_file():
        return Adopted()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CourseError(
            f"{NAME} cannot be read: {error}.", hint="Correct it, or run: graders adopt"
        ) from error
    unknown = sorted(set(content) - {"exact", "cells"})
    if unknown:
        raise CourseError(f"{NAME} has an unknown part {unknown[0]!r}.", hint="There are: exact, cells.")
    return Adopted(_exact(content.get("exact", {})), dict(_decisions(content.get("cells", {}))))


def _exact(given: dict[str, Any]) -> Exact:
    known = [one.name for one in fields(Exact)]
    for name, value in given.items():
        if name not in known or not isinstance(value, bool):
            raise CourseError(
                f"{NAME}: exact.{name} = {value!r} makes no sense.",
                hint=f"True or false may be: {', '.join(known)}.",
            )
    return Exact(**given)


def _decisions(chapters: dict[str, Any]) -> Iterator[tuple[Place, Decision]]:
    for chapter, notebooks in chapters.items():
        for notebook, cells in notebooks.items():
            for cell, told in cells.items():
                mode, _, why = str(told).partition(":")
                if mode not in MODES:
                    raise CourseError(
                        f"{NAME}: {chapter}, {notebook}, {cell}: {told!r} is no way to run a cell.",
                        hint=f"There are: {', '.join(MODES)}, with a reason after a colon.",
                    )
                yield (chapter, notebook, cell), Decision(mode, why.strip())


def text_of(adopted: Adopted) -> str:
    """Return the text of adopted.toml; the same decisions always give the same text."""
    lines = [
        "# How the tests of this course run: written by `graders adopt`, read by grading.",
        "",
    ]
    lines += ["[exact]  # true: exactly as nbgrader, without the correction"]
    for one in fields(Exact):
        lines.append(f"{one.name} = {str(getattr(adopted.exact, one.name)).lower()}  # {one.metadata['told']}")
    for chapter, notebook in sorted({place[:2] for place in adopted.decisions}):
        lines += ["", f"[cells.{json.dumps(chapter)}.{json.dumps(notebook)}]"]
        for place, decision in sorted(adopted.decisions.items()):
            if place[:2] == (chapter, notebook):
                told = f"{decision.mode}: {decision.why}" if decision.why else decision.mode
                lines.append(f"{json.dumps(place[2])} = {json.dumps(told)}")
    return "\n".join(lines) + "\n"
