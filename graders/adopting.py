"""`graders adopt`: the reference of each chapter graded split and inline, and what to do decided cell by cell.

Also looks at what the tests of a course are like: which the untouched release passes, which change their mind,
which let something hidden be read. Decides nothing about students.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from graders.adopted import NAME, Adopted, Decision, Place, read_adopted, text_of
from graders.batch.engine import cores, run_all
from graders.batch.work import Work
from graders.course import Course
from graders.files import replace_file
from graders.notebooks.bundle import Bundle, SourceCell, SourceNotebook, load_bundle
from graders.notebooks.plan import make_plan
from graders.quality.handins import hand_in, reference_answers
from graders.quality.leaks import scan
from graders.results import CellResult, Role, SubmissionResult

Runner = Callable[[list[Work]], Iterable[tuple[Work, SubmissionResult]]]
_TIMES = ("split", "split-again", "inline", "inline-again")
_RELEASE = "release"


@dataclass(frozen=True)
class CellReport:
    """What was found of one checks cell: how it will run, and what its author should know."""

    place: Place
    decision: Decision
    hidden: bool
    problems: tuple[str, ...] = ()

    @property
    def stronger(self) -> bool:
        """Whether its points can no longer be forged, and what is hidden no longer read."""
        return self.decision.mode == "split"


@dataclass(frozen=True)
class Adoption:
    """What `graders adopt` found and decided: the cells of some chapters, and all that is decided now."""

    cells: tuple[CellReport, ...]
    leaks: tuple[str, ...]
    adopted: Adopted


def in_workers(jobs: int = 0) -> Runner:
    """Return what grades hand-ins on some worker processes, 0: one per core."""
    return lambda works: run_all(works, jobs or cores())


def adopt(course: Course, chapters: list[str], run: Runner) -> Adoption:
    """Decide how the checks cells of some chapters run, and write it to adopted.toml.

    Other chapters' decisions and the switches stay. Raises CourseError for what is not supported.
    """
    before = read_adopted(course.root)
    bundles = [load_bundle(course, chapter) for chapter in chapters]
    with tempfile.TemporaryDirectory(prefix="graders-adopt-") as folder:
        works = [work for bundle in bundles for work in _works(course, bundle, Path(folder))]
        results: dict[tuple[str, str], SubmissionResult] = {}
        for work, result in run(works):
            results[work.job.bundle.chapter, work.job.student] = result
    reports = tuple(report for bundle in bundles for report in _reports(bundle, results))
    leaks = tuple(f"{chapter}: {leak}" for chapter in chapters for leak in scan(course, chapter, ()))
    kept = {place: decision for place, decision in before.decisions.items() if place[0] not in chapters}
    decided = {report.place: report.decision for report in reports}
    adopted = Adopted(before.exact, {**kept, **decided})
    replace_file(course.root / NAME, text_of(adopted))
    return Adoption(reports, leaks, adopted)


def _works(course: Course, bundle: Bundle, folder: Path) -> Iterator[Work]:
    for name in _TIMES:
        made = all_run(bundle, name.removesuffix("-again"))
        yield hand_in(course, made, folder, name, reference_answers(bundle))
    yield hand_in(course, all_run(bundle, "split"), folder, _RELEASE, {})


def all_run(bundle: Bundle, mode: str) -> Bundle:
    """Return the bundle with all checks cells run one way, but for those whose names later cells need."""

    def settled(notebook: SourceNotebook) -> SourceNotebook:
        if notebook.kernel is not None:
            return notebook
        needed = _needed_later(notebook)
        cells = (
            replace(cell, mode="inline" if cell.name in needed else mode) if cell.role is Role.CHECKS else cell
            for cell in notebook.cells
        )
        return replace(notebook, cells=tuple(cells))

    return replace(bundle, notebooks=tuple(map(settled, bundle.notebooks)))


# -- deciding ---------------------------------------------------------------------------------------


def _reports(bundle: Bundle, results: dict[tuple[str, str], SubmissionResult]) -> Iterator[CellReport]:
    found = {name: _cells(results[bundle.chapter, name]) for name in (*_TIMES, _RELEASE)}
    for notebook in bundle.notebooks:
        needed = _needed_later(notebook)
        for cell in notebook.cells:
            if cell.role is not Role.CHECKS:
                continue
            runs = {name: cells.get((notebook.name, cell.name)) for name, cells in found.items()}
            place = (bundle.chapter, notebook.name, cell.name)
            decision = _decide(cell, runs, needed)
            if notebook.kernel is not None:
                decision = Decision("inline", f"it is written in {notebook.kernel.language}")
            yield CellReport(place, decision, bool(cell.hidden_lines), tuple(_problems(cell, runs, decision)))


_Runs = dict[str, CellResult | None]


def _cells(result: SubmissionResult) -> dict[tuple[str, str], CellResult]:
    return {
        (notebook.name, cell.records[0].name.rsplit("#", 1)[0]): cell
        for notebook in result.notebooks
        for cell in notebook.cells
        if cell.role is Role.CHECKS and cell.records
    }


def _points(found: CellResult | None) -> float | None:
    return None if found is None else found.points


def _decide(cell: SourceCell, runs: _Runs, needed: dict[str, str]) -> Decision:
    """Split if the reference gets the same points as inline, both times; inline with the reason otherwise."""
    if cell.name in needed:
        return Decision("inline", f"later cells use {needed[cell.name]}, which it binds")
    ours = {_points(runs["split"]), _points(runs["split-again"])}
    theirs = {_points(runs["inline"]), _points(runs["inline-again"])}
    if ours == theirs or (len(theirs) > 1 and ours <= theirs) or theirs == {0.0}:
        return Decision()
    if None not in ours and None not in theirs and min(p or 0.0 for p in ours) > max(p or 0.0 for p in theirs):
        return Decision()  # a correction: noise, or a number nbgrader misreads
    return Decision("inline", _reason(runs["split"], runs["split-again"]))


def _needed_later(notebook: SourceNotebook) -> dict[str, str]:
    """Return the checks cells that bind names which cells of the student's kernel use later: cell -> names."""
    found: dict[str, str] = {}
    plan = make_plan(notebook)
    for number, step in enumerate(plan.cells):
        if step.cell.role is not Role.CHECKS:
            continue
        own = set(step.binds)
        for later in plan.cells[:number]:
            own -= later.binds  # that name is there without it
        used = {n for later in plan.cells[number + 1 :] if later.cell.runs for n in later.uses & own}
        if used:
            found[step.cell.name] = ", ".join(f"`{name}`" for name in sorted(used))
    return found


def _reason(*found: CellResult | None) -> str:
    for cell in found:
        for record in cell.records if cell else ():
            if record.points != record.max_points:
                told = (record.staff or record.detail).strip().splitlines() or ["it could not be judged"]
                return " ".join(told[-1].split())[:200].replace(":", " -")
    return "it gives other points when it runs outside the student's kernel"


def _problems(cell: SourceCell, runs: _Runs, decision: Decision) -> Iterator[str]:
    """Yield what the author of a test should know about it."""
    if cell.points and _points(runs["inline"]) == 0.0 and _points(runs["split"]) == 0.0:
        yield f"the reference gets no points: {_reason(runs['inline'])}"
    for mode in ("split", "inline"):
        if _points(runs[mode]) != _points(runs[f"{mode}-again"]) and mode == decision.mode:
            yield "flaky: the reference gets other points each time; seed it, or allow more time or tolerance"
    free = _points(runs[_RELEASE])
    if free:
        yield f"the untouched release gets {free:g} of {cell.points:g} points"
    if decision.mode == "inline" and cell.hidden_lines:
        yield "its hidden part can be read by the student's code while it runs inline"
