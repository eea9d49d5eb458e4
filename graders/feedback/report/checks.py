"""Checks over a class: how often each was passed, and how far scores and times were from what was asked.

Pure, as :mod:`graders.feedback.report.numbers`; imports only results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from graders.results import CellResult, NotebookResult, Outcome, Record, Role, SubmissionResult

NEAR_LIMIT = (0.8, 1.25)  # a time within this much of its budget is at the border
ENDS = ("passed", "partly", "failed", "stopped", "skipped")
_STOPPED = (Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED)

Place = tuple[str, str]  # notebook, exercise


@dataclass(frozen=True)
class Sample:
    """What one student's submission measured in one check: a score, or a time as a multiple of its limit."""

    student: str
    value: float
    target: float
    interval: tuple[float, float] | None
    passed: bool

    @property
    def is_close(self) -> bool:
        """Whether chance could have decided: the target lies within the interval of the score."""
        return self.interval is not None and self.interval[0] <= self.target <= self.interval[1]


@dataclass(frozen=True)
class Check:
    """One check over the class; ``ends`` counts passed, partly, failed, skipped and stopped ones."""

    key: str
    asked: str
    hidden: bool
    max_points: float
    ends: dict[str, int]
    scores: tuple[Sample, ...] = ()
    times: tuple[Sample, ...] = ()

    @property
    def n(self) -> int:
        """How many submissions this check gave a verdict on."""
        return sum(self.ends.values())

    @property
    def passed(self) -> float:
        """Share of submissions that passed it; 0 if there is none."""
        return self.ends.get("passed", 0) / self.n if self.n else 0.0


def checks_cells(result: SubmissionResult) -> Iterator[tuple[Place, CellResult]]:
    """Yield the checks cells of a submission with their notebook and exercise.

    A notebook with a message was not run, mostly because it could not be read: it says nothing of checks.
    """
    for notebook in result.notebooks:
        if not notebook.message:
            yield from _cells_of(notebook)


def _cells_of(notebook: NotebookResult) -> Iterator[tuple[Place, CellResult]]:
    for cell in notebook.cells:
        if cell.role is Role.CHECKS:
            yield (notebook.name, cell.exercise), cell


def checks_by_place(results: Sequence[SubmissionResult]) -> dict[Place, tuple[Check, ...]]:
    """Return every check over the class, by notebook and exercise, in the order they stand there."""
    gathered: dict[Place, dict[str, list[tuple[str, Record]]]] = {}
    known = _records_by_cell(results)
    for result in results:
        for place, cell in checks_cells(result):
            of_place = gathered.setdefault(place, {})
            for record in _records(cell, known[place[0], cell.cell_id]):
                of_place.setdefault(record.name, []).append((result.student, record))
    return {place: tuple(_check(key, of) for key, of in found.items()) for place, found in gathered.items()}


def _records_by_cell(results: Sequence[SubmissionResult]) -> dict[tuple[str, str], dict[str, Record]]:
    found: dict[tuple[str, str], dict[str, Record]] = {}
    for result in results:
        for (notebook, _), cell in checks_cells(result):
            of_cell = found.setdefault((notebook, cell.cell_id), {})
            for record in cell.records:
                of_cell.setdefault(record.name, record)
    return found


def _records(cell: CellResult, known: dict[str, Record]) -> Iterable[Record]:
    """The records of a cell; one that ended before it had any counts in each check others have there."""
    if cell.records:
        return cell.records
    outcome = cell.outcome or Outcome.SKIPPED
    if known:
        return [Record(r.name, r.asked, outcome, 0.0, r.max_points, r.hidden) for r in known.values()]
    return [Record(cell.cell_id, "", outcome, cell.points, cell.max_points)]


def _check(key: str, records: list[tuple[str, Record]]) -> Check:
    asked = Counter(record.asked for _, record in records)
    ends = Counter(end_of(record) for _, record in records if record.outcome is not Outcome.UNGRADABLE)
    return Check(
        key=key,
        asked=asked.most_common(1)[0][0],
        hidden=any(record.hidden for _, record in records),
        max_points=max(record.max_points for _, record in records),
        ends={end: ends[end] for end in ENDS if ends[end]},
        scores=tuple(s for student, record in records if (s := _score(student, record))),
        times=tuple(s for student, record in records if (s := _time(student, record))),
    )


def end_of(record: Record) -> str:
    """Return one of :data:`ENDS`: how a check ended, with all that was stopped taken together."""
    if record.outcome in _STOPPED:
        return "stopped"
    if record.outcome is Outcome.FAILED and 0 < (record.points or 0.0) < record.max_points:
        return "partly"
    return record.outcome.value


def _score(student: str, record: Record) -> Sample | None:
    value, target = (_finite(record.metrics.get(name)) for name in ("score", "target"))
    if value is None or target is None or record.outcome is Outcome.UNGRADABLE:
        return None
    interval = record.metrics.get("interval")
    ends = [_finite(end) for end in interval] if isinstance(interval, list | tuple) else []
    low, high = ends if len(ends) == 2 else (None, None)
    both = (low, high) if low is not None and high is not None else None
    return Sample(student, value, target, both, record.outcome is Outcome.PASSED)


def _time(student: str, record: Record) -> Sample | None:
    ratio, limit = (_finite(record.metrics.get(name)) for name in ("ratio", "limit"))
    if ratio is None or limit is None or ratio <= 0 or limit <= 0 or record.outcome is Outcome.UNGRADABLE:
        return None
    return Sample(student, ratio / limit, 1.0, None, record.outcome is Outcome.PASSED)


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e100 else None  # nan is not less either
