"""Which of a submission's results counts, which waits for a yes, and why: pure, over the ledger's rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graders.batch.ledger import Entry, Given
from graders.results import Role, SubmissionResult

REASONS = {
    "answers": "the student handed in something else",
    "bundle": "the chapter or its tests were edited",
    "settings": "limits, versions or the course secret are others",
}


@dataclass(frozen=True)
class Standing:
    """The run that counts, and the newer one that edited tests gave and nobody has agreed to yet."""

    counts: Entry
    waits: Entry | None = None


@dataclass(frozen=True)
class Step:
    """One line of a history: a run, or an older run that began to count; and what the gradebook did."""

    when: str
    entry: Entry
    why: str
    gradebook: str


def is_regrade(before: Entry, after: Entry) -> bool:
    """Whether a score would be replaced though the student handed in nothing new."""
    same_answers = before.parts["answers"] == after.parts["answers"]
    return before.valid and same_answers and _scores(before.result) != _scores(after.result)


def keeps(before: Entry, after: Entry) -> bool:
    """Whether a result stays though the same work was graded again and failed for a reason of ours."""
    return before.valid and not after.valid and before.key == after.key


def _scores(result: SubmissionResult) -> tuple[object, ...]:
    return (result.points, result.max_points, *sorted(cell_points(result).items()))


def cell_points(result: SubmissionResult) -> dict[str, float | None]:
    """Return the points of each checks cell by its id."""
    cells = (cell for notebook in result.notebooks for cell in notebook.cells)
    return {cell.cell_id: cell.points for cell in cells if cell.role is Role.CHECKS}


def standing(runs: list[Entry], given: list[Given]) -> Standing | None:
    """Say what counts, from all runs of a student's chapter and all that the gradebook got, oldest first.

    News that the gradebook did not get counts too, for a run may have been stopped just before; unless
    edited tests made them, which somebody has to agree to. None if there was no run.
    """
    if not runs:
        return None
    news, written = runs[-1], {entry.run: entry for entry in runs}
    if not given:
        return Standing(news)
    counts = written[given[-1].run]
    if news.run <= given[-1].seen or (counts.valid and counts.key == news.key):
        return Standing(counts)
    return Standing(counts, news) if is_regrade(counts, news) else Standing(news)


def steps(runs: list[Entry], given: list[Given]) -> Iterator[Step]:
    """Explain every score: each run in order, and each time that an older result counted again."""
    written = {entry.run: entry for entry in runs}
    stands = standing(runs, given)
    waits = stands.waits.run if stands and stands.waits else 0
    on_their_line = _first_written(given)
    events = [(e.run, 0, e, e.finished_at) for e in runs]
    later = [g for g in given if g not in on_their_line.values()]
    events += [(g.seen, number, written[g.run], g.at) for number, g in enumerate(later, start=1)]
    before: Entry | None = None
    counted: Entry | None = None
    for _, again, entry, when in sorted(events, key=lambda event: event[:2]):
        if again:
            yield Step(when, entry, f"counts from here on: {_since(counted, entry)}", _told(counted, entry))
        else:
            told = _told(counted, entry) if entry.run in on_their_line else "not written"
            yield Step(when, entry, _why(before, entry), "waits for a yes" if entry.run == waits else told)
            before = entry
        if again or entry.run in on_their_line:
            counted = entry


def _first_written(given: list[Given]) -> dict[int, Given]:
    """By run, the writing that came before any other of the student's runs."""
    return {g.run: g for g in reversed(given) if g.run == g.seen}


def _why(before: Entry | None, entry: Entry) -> str:
    if before is None:
        return "first graded"
    return ", ".join(_differences(before, entry)) or "graded again"


def _since(counted: Entry | None, entry: Entry) -> str:
    if counted is None or entry.run > counted.run:
        return "written later, or a change that was agreed to"
    return ", ".join(_differences(counted, entry)) or "graded before"


def _differences(before: Entry, after: Entry) -> list[str]:
    return [REASONS[name] for name in REASONS if before.parts[name] != after.parts[name]]


def _told(counted: Entry | None, entry: Entry) -> str:
    """Say what the gradebook did: the points it had before, if they were others."""
    if counted is None or counted.result.points == entry.result.points:
        return "written"
    points = counted.result.points
    return "written" if points is None else f"written, was {points:g}"
