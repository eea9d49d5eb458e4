"""The lists of the report as tables of text: who needs a look, hints, borders, facts, late work.

Pure; imports only the numbers and the texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from graders.feedback.clean import line, percent, plain, points
from graders.feedback.language import figure
from graders.feedback.language import report_texts as texts
from graders.feedback.report.checks import NEAR_LIMIT, Check, Sample
from graders.feedback.report.numbers import Chapter
from graders.results import Outcome, SubmissionResult

_TEXT, _NAME = 300, 80
_MOST_HINTS = 12


@dataclass(frozen=True)
class Table:
    """A table of text; ``numbers`` are the columns that hold figures."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    more: str = ""


@dataclass(frozen=True)
class Section:
    """A list of the report with its heading; without rows, ``nothing`` says so."""

    anchor: str
    title: str
    said: str
    nothing: str
    table: Table


def section(
    anchor: str,
    words: tuple[str, str, str],
    heads: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    limit: int,
    numbers: tuple[int, ...] = (),
) -> Section:
    """Return a list cut to ``limit`` rows with a note of how many more there are."""
    more = texts.MORE.format(count=len(rows) - limit) if len(rows) > limit else ""
    return Section(anchor, *words, Table(heads, tuple(rows[:limit]), numbers, more))


def name_of(student: str) -> str:
    """Return a student's name fit to show."""
    return line(student, _NAME) or texts.NOTHING


def look(chapter: Chapter, limit: int) -> Section:
    """Return the submissions that a person should look at, the most serious first."""
    found = [result for result in chapter.results if result.needs_attention]
    found.sort(key=lambda result: (result.outcome is not Outcome.UNGRADABLE, result.student))
    rows = [(name_of(r.student), _ending(r), _why(r)) for r in found]
    return section("look", (texts.LOOK, "", texts.LOOK_NONE), texts.LOOK_HEADS, rows, limit)


def _ending(result: SubmissionResult) -> str:
    unread = result.message and result.outcome is Outcome.FAILED
    return texts.UNREADABLE if unread else texts.OUTCOME[result.outcome]


def _why(result: SubmissionResult) -> str:
    told = [result.message, result.staff]
    told += [notebook.message for notebook in result.notebooks]
    cells = (cell for notebook in result.notebooks for cell in notebook.cells)
    stopped = (Outcome.UNGRADABLE, Outcome.CRASHED, Outcome.OUT_OF_MEMORY, Outcome.TIMED_OUT)
    told += [f"`{cell.cell_id}`: {texts.OUTCOME[cell.outcome]}" for cell in cells if cell.outcome in stopped]
    return line(" ".join(dict.fromkeys(filter(None, told[:6]))), _TEXT)


def late(chapter: Chapter, seconds: dict[str, float], limit: int) -> Section:
    """Return who handed in late, the latest first."""
    reached = {result.student: result.points for result in chapter.results}
    order = sorted((s for s in seconds if s in reached), key=lambda student: (-seconds[student], student))
    rows = [(name_of(s), duration(seconds[s]), _points(reached[s])) for s in order if seconds[s] > 0]
    return section("late", (texts.LATE, texts.LATE_SAID, texts.LATE_NONE), texts.LATE_HEADS, rows, limit, (2,))


def _points(value: float | None) -> str:
    return texts.NOTHING if value is None else points(value)


def duration(seconds: float) -> str:
    """Write a time span in its two largest units."""
    minutes = max(1, round(seconds / 60))
    days, hours = divmod(minutes // 60, 24)
    if days:
        return texts.DAYS.format(days=days, hours=hours)
    if hours:
        return texts.HOURS.format(hours=hours, minutes=minutes % 60)
    return texts.MINUTES.format(minutes=minutes)


def hints(chapter: Chapter, limit: int) -> Section:
    """Return what students were told most."""
    rows = [
        (str(h.students), plain(h.text, _TEXT), plain(h.asked, _TEXT), line(h.exercise, _TEXT))
        for h in chapter.hints
    ]
    words = (texts.HINTS, texts.HINTS_SAID, texts.HINTS_NONE)
    return section("hints", words, texts.HINTS_HEADS, rows, min(limit, _MOST_HINTS), (0,))


def border(chapter: Chapter, limit: int) -> Section:
    """Return the scores whose interval holds the target, the closest of each check first."""
    rows = [_border_row(check, sample) for check, sample in close_scores(chapter)]
    looked = sum(len(check.scores) for check in _with_points(chapter))
    words = (texts.BORDER, texts.BORDER_SAID, texts.BORDER_NONE.format(n=looked))
    return section("border", words, texts.BORDER_HEADS, rows, limit, (2, 3, 4))


def close_scores(chapter: Chapter) -> Iterator[tuple[Check, Sample]]:
    """Yield the scores at the border with their check, the closest of each check first."""
    for check in _with_points(chapter):
        close = [sample for sample in check.scores if sample.is_close]
        yield from ((check, s) for s in sorted(close, key=lambda s: (abs(s.value - s.target), s.student)))


def _border_row(check: Check, sample: Sample) -> tuple[str, ...]:
    low, high = sample.interval or (sample.value, sample.value)
    return (
        name_of(sample.student),
        asked_of(check),
        number(sample.value),
        texts.INTERVAL.format(low=number(low), high=number(high)),
        number(sample.target),
        texts.PASSED if sample.passed else texts.NOT_PASSED,
    )


def timing(chapter: Chapter, limit: int) -> Section:
    """Return the times that are near their budget, the closest of each check first."""
    rows = [_time_row(check, sample) for check, sample in close_times(chapter)]
    looked = sum(len(check.times) for check in _with_points(chapter))
    words = (texts.TIMING, texts.TIMING_SAID, texts.TIMING_NONE.format(n=looked))
    return section("timing", words, texts.TIMING_HEADS, rows, limit, (2,))


def close_times(chapter: Chapter) -> Iterator[tuple[Check, Sample]]:
    """Yield the times near their budget with their check."""
    for check in _with_points(chapter):
        close = [sample for sample in check.times if NEAR_LIMIT[0] <= sample.value <= NEAR_LIMIT[1]]
        yield from ((check, s) for s in sorted(close, key=lambda s: (abs(s.value - 1), s.student)))


def _time_row(check: Check, sample: Sample) -> tuple[str, ...]:
    result = texts.PASSED if sample.passed else texts.NOT_PASSED
    return name_of(sample.student), asked_of(check), percent(sample.value), result


def pairs(chapter: Chapter, limit: int) -> Section:
    """Return the pairs of submissions that share passages of code, the most alike first."""
    rows = [
        (
            name_of(pair.first),
            name_of(pair.second),
            texts.SIMILAR_SHARE.format(first=percent(pair.of_first), second=percent(pair.of_second)),
            str(pair.shared),
            names(pair.exercises, 3),
        )
        for pair in chapter.pairs
    ]
    words = (texts.SIMILAR, texts.SIMILAR_SAID, texts.SIMILAR_NONE.format(n=len(chapter.results)))
    return section("similar", words, texts.SIMILAR_HEADS, rows, limit, (2, 3))


def facts(chapter: Chapter, limit: int) -> Section:
    """Return what was seen while grading, and with whom."""
    rows = [
        (str(len(students)), line(fact, _TEXT), names(students)) for fact, students in chapter.facts.items()
    ]
    words = (texts.FACTS, texts.FACTS_SAID, texts.FACTS_NONE)
    return section("facts", words, texts.FACTS_HEADS, rows, limit, (0,))


def names(students: Sequence[str], limit: int = 12) -> str:
    """Return names as one line, at most ``limit`` of them and a count."""
    shown = [name_of(student) for student in students[:limit]]
    more = [texts.MORE_NAMES.format(count=len(students) - limit)] if len(students) > limit else []
    return ", ".join(shown + more)


def asked_of(check: Check) -> str:
    """Return what a check asks for, fit to show."""
    return plain(check.asked, _TEXT) or texts.WHOLE_CELL.format(cell=f"`{line(check.key, _NAME)}`")


def number(value: float) -> str:
    """Write a measured number with four significant digits, thousands in full."""
    return figure(f"{value:,.0f}" if 1e4 <= abs(value) < 1e12 else f"{value:.4g}")


def _with_points(chapter: Chapter) -> Iterable[Check]:
    return (c for exercise in chapter.exercises for c in exercise.checks if c.max_points > 0)
