"""Test the hidden tests of a chapter by grading hand-ins whose result is known, in the real walls.

The reference must earn everything, the untouched release nothing, and every catalogued mistake must
lose exactly the points it says it loses.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from graders.batch.autograde import cores
from graders.batch.engine import run_all
from graders.batch.work import Work, make_work
from graders.course import Course
from graders.errors import SourceError
from graders.notebooks.bundle import Bundle, SourceNotebook, load_bundle
from graders.quality.mistakes import Mistake, load_mistakes
from graders.results import CellResult, Outcome, Role, SubmissionResult

_TOLERANCE = 0.005


@dataclass(frozen=True)
class Case:
    """One known hand-in: what each checks cell took from it, and what it should have taken."""

    chapter: str
    name: str
    lost: dict[str, float]
    expected: dict[str, float]
    problems: tuple[str, ...] = ()
    cpu_seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the hand-in lost exactly what it should."""
        cells = self.lost.keys() | self.expected.keys()
        near = (abs(self.lost.get(c, 0.0) - self.expected.get(c, 0.0)) <= _TOLERANCE for c in cells)
        return not self.problems and all(near)


def verify(course: Course, chapters: list[str], jobs: int = 0) -> Iterator[Case]:
    """Grade the known hand-ins of chapters and yield how each came out."""
    with tempfile.TemporaryDirectory(prefix="graders-verify-") as folder:
        works: list[Work] = []
        expected: dict[tuple[str, str], dict[str, float]] = {}
        for chapter in chapters:
            bundle = load_bundle(course, chapter)
            for name, answers, losses in _cases(course, bundle):
                expected[chapter, name] = losses
                works.append(_work(course, bundle, Path(folder), name, answers))
        for work, result in run_all(works, jobs or cores()):
            chapter = work.job.bundle.chapter
            yield _case(result, expected[chapter, work.job.student])


def _cases(course: Course, bundle: Bundle) -> Iterator[tuple[str, dict[str, str], dict[str, float]]]:
    """Yield name, answer cells and expected losses of the known hand-ins of a chapter."""
    cells = [cell for notebook in bundle.notebooks for cell in notebook.cells]
    reference = {cell.name: cell.source for cell in cells if cell.role in (Role.ANSWER, Role.ESSAY)}
    everything = {cell.name: cell.points for cell in cells if cell.role is Role.CHECKS}
    yield "reference", reference, {}
    yield "release", {}, everything
    for mistake in load_mistakes(course, bundle.chapter).values():
        _require_known(mistake, reference, everything)
        yield mistake.name, {**reference, mistake.answer: mistake.code}, mistake.loses


def _require_known(mistake: Mistake, answers: dict[str, str], checks: dict[str, float]) -> None:
    unknown = [*({mistake.answer} - answers.keys()), *(mistake.loses.keys() - checks.keys())]
    if unknown:
        raise SourceError(f"The mistake {mistake.name} names the cell {unknown[0]!r}, which does not exist.")


def _work(course: Course, bundle: Bundle, folder: Path, name: str, answers: dict[str, str]) -> Work:
    place = folder / bundle.chapter / name
    place.mkdir(parents=True)
    for notebook in bundle.notebooks:
        (place / f"{notebook.name}.ipynb").write_text(compose(notebook, answers))
    work = make_work(course, bundle, place)
    return replace(work, job=replace(work.job, student=name))


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


def _case(result: SubmissionResult, expected: dict[str, float]) -> Case:
    checks = [c for n in result.notebooks for c in n.cells if c.role is Role.CHECKS]
    lost = {cell.cell_id: cell.max_points - (cell.points or 0.0) for cell in checks}
    return Case(
        chapter=result.chapter,
        name=result.student,
        lost={name: round(points, 4) for name, points in lost.items() if points > _TOLERANCE},
        expected=expected,
        problems=tuple(_problems(result, checks)),
        cpu_seconds=result.meter.cpu_seconds,
    )


def _problems(result: SubmissionResult, checks: list[CellResult]) -> Iterator[str]:
    """Yield what a correct hand-in must not meet: anything of ours that failed."""
    if result.outcome is Outcome.UNGRADABLE:
        yield result.staff or "ungradable"
    for cell in checks:
        for record in cell.records:
            if record.outcome is Outcome.UNGRADABLE:
                yield f"{record.name} {record.asked}: {record.staff}"
