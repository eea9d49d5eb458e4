"""Hand-ins made on purpose: the reference, the untouched release, and answers with something wrong."""

from __future__ import annotations

import json
from pathlib import Path

from graders.batch.work import Work, make_work
from graders.course import Course
from graders.notebooks.bundle import Bundle, SourceCell, SourceNotebook
from graders.results import Role


def cells_of(bundle: Bundle) -> list[SourceCell]:
    """Return the cells of all notebooks of a bundle, in order."""
    return [cell for notebook in bundle.notebooks for cell in notebook.cells]


def reference_answers(bundle: Bundle) -> dict[str, str]:
    """Return the reference's answers and essays by the names of their cells."""
    return {cell.name: cell.source for cell in cells_of(bundle) if cell.role in (Role.ANSWER, Role.ESSAY)}


def points_of(bundle: Bundle) -> dict[str, float]:
    """Return the points of the checks cells by name."""
    return {cell.name: cell.points for cell in cells_of(bundle) if cell.role is Role.CHECKS}


def hand_in(course: Course, bundle: Bundle, folder: Path, name: str, answers: dict[str, str]) -> Work:
    """Write a hand-in below a folder and return the work of grading it; the student is called ``name``."""
    place = folder / bundle.chapter / name
    place.mkdir(parents=True)
    for notebook in bundle.notebooks:
        (place / f"{notebook.name}.ipynb").write_text(compose(notebook, answers))
    return make_work(course, bundle, place, name)


def compose(notebook: SourceNotebook, answers: dict[str, str]) -> str:
    """Return a hand-in of a notebook as JSON: the release with some answer cells filled in."""
    cells = [
        {
            "cell_type": cell.cell_type,
            "id": cell.cell_id,
            "metadata": {"nbgrader": {"grade_id": cell.name}} if cell.name else {},
            "source": answers.get(cell.name, cell.released) if cell.name else cell.released,
        }
        for cell in notebook.cells
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
