"""ClassWork -> the plain values that the report's template shows, cut to size.

Pure: the same work and cuts give the same page. Imports only the numbers, charts, sections and texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from graders.course import Course
from graders.feedback.clean import line, percent, points
from graders.feedback.language import figure
from graders.feedback.language import report_texts as texts
from graders.feedback.report import sections
from graders.feedback.report.charts import Segment, Strip, heights, stack, strip
from graders.feedback.report.checks import NEAR_LIMIT, Check, Sample
from graders.feedback.report.classwork import ClassWork
from graders.feedback.report.numbers import Chapter, Exercise, spread, step_of
from graders.feedback.report.sections import Section, Table, asked_of, number
from graders.results import Outcome


@dataclass(frozen=True)
class Cuts:
    """How long lists may be: rows of a table, and names; and whether scores and times are drawn."""

    rows: int
    names: int
    drawings: bool = True


@dataclass(frozen=True)
class Tile:
    """A figure at the top: what it is, and of how many."""

    value: str
    label: str
    said: str = ""
    target: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the distribution."""

    label: str
    said: str
    count: int
    height: float


@dataclass(frozen=True)
class Stack:
    """A stacked bar with its words: one entry of the legend for each part."""

    parts: tuple[Segment, ...]
    words: tuple[tuple[str, str], ...]  # name of the part, what it says


@dataclass(frozen=True)
class Scale:
    """Where scores or times lie, with the same in words."""

    drawing: Strip | None
    said: str
    close: str


@dataclass(frozen=True)
class CheckView:
    """One check as shown."""

    asked: str
    seen: str
    points: str
    passed: str
    stack: Stack
    scales: tuple[Scale, ...]


@dataclass(frozen=True)
class ExerciseView:
    """One exercise as shown; ``tells`` is where its correlation lies, of 100, None if there is none."""

    anchor: str
    title: str
    ease: str
    ease_share: str
    ease_width: float
    tells: str
    tells_range: str
    tells_bar: tuple[float, float]
    is_weak: bool
    full: str
    nothing: str
    n: str
    hardest: str
    checks: tuple[CheckView, ...]


@dataclass(frozen=True)
class ChapterView:
    """One chapter as shown."""

    anchor: str
    title: str
    tiles: tuple[Tile, ...]
    columns: tuple[Column, ...]
    scores: str
    unscored: str
    outcomes: Stack
    outcomes_said: str
    exercises: tuple[ExerciseView, ...]
    look: Section
    late: Section
    missing: tuple[str, ...]
    missing_said: str
    more_missing: str
    lists: tuple[Section, ...]
    time_said: str
    time: Table


@dataclass(frozen=True)
class OverviewRow:
    """One chapter among several; ``box`` is from the lower to the upper quartile and the median, of 100."""

    anchor: str
    title: str
    box: tuple[float, float, float] | None
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """The whole report."""

    title: str
    course: str
    heading: str
    not_graded: str
    overview: tuple[OverviewRow, ...]
    chapters: tuple[ChapterView, ...]


def page_of(course: Course, work: ClassWork, numbers: Mapping[str, Chapter], cuts: Cuts) -> Page:
    """Return what the report of a class shows; ``numbers`` are those of its chapters."""
    named = {name: line(course.chapter(name).title or name, 200) for name in work.chapters}
    there = [name for name in work.chapters if work.of(name)]
    chapters = tuple(_chapter(f"c{i}", named[n], numbers[n], work, cuts) for i, n in enumerate(there, 1))
    several = texts.WHOLE_CLASS if len(there) == len(course.chapters) else _some(len(there))
    heading = named[there[0]] if len(work.chapters) == 1 and there else several
    absent = ", ".join(named[name] for name in work.chapters if name not in there)
    rows = (_overview(view, numbers[name], work) for view, name in zip(chapters, there, strict=True))
    return Page(
        title=texts.TITLE.format(title=heading),
        course=line(course.title or course.id, 200),
        heading=heading,
        not_graded=texts.NOT_GRADED.format(names=absent) if absent else "",
        overview=tuple(rows),
        chapters=chapters,
    )


def _some(count: int) -> str:
    return texts.SOME_CHAPTERS.format(count, count=count)


def _overview(view: ChapterView, chapter: Chapter, work: ClassWork) -> OverviewRow:
    return OverviewRow(view.anchor, view.title, _box(chapter), _overview_cells(chapter, work))


def _box(chapter: Chapter) -> tuple[float, float, float] | None:
    lies = chapter.spread
    if lies is None or not chapter.maximum:
        return None
    low, middle, high = (
        round(100 * value / chapter.maximum, 1) for value in (lies.quarter, lies.middle, lies.three_quarters)
    )
    return low, middle, high


def _overview_cells(chapter: Chapter, work: ClassWork) -> tuple[str, ...]:
    lies = chapter.spread
    return (
        str(len(chapter.scores)),
        points(lies.middle) if lies else texts.NOTHING,
        points(lies.mean) if lies else texts.NOTHING,
        points(chapter.maximum),
        str(sum(result.needs_attention for result in chapter.results)),
        str(len(work.missing(chapter.name))) if work.students else texts.NOTHING,
    )


def _chapter(anchor: str, title: str, chapter: Chapter, work: ClassWork, cuts: Cuts) -> ChapterView:
    late = sections.late(chapter, dict(work.late.get(chapter.name, {})), cuts.rows)
    missing = work.missing(chapter.name)
    lists = (sections.hints, sections.border, sections.timing, sections.pairs, sections.facts)
    unscored = len(chapter.results) - len(chapter.scores)
    return ChapterView(
        anchor=anchor,
        title=title,
        tiles=_tiles(anchor, chapter, work),
        columns=_columns(chapter),
        scores=_scores(chapter),
        unscored=texts.UNGRADABLE.format(count=unscored) if unscored else "",
        outcomes=_outcomes(chapter),
        outcomes_said=texts.OUTCOMES_SAID.format(n=len(chapter.results)),
        exercises=tuple(_exercise(f"{anchor}-e{i}", it, cuts) for i, it in enumerate(chapter.exercises, 1)),
        look=sections.look(chapter, cuts.rows),
        late=late,
        missing=tuple(sections.name_of(student) for student in missing[: cuts.names]),
        missing_said=texts.MISSING_SAID.format(count=len(missing), all=len(work.students)),
        more_missing=texts.MORE.format(count=len(missing) - cuts.names) if len(missing) > cuts.names else "",
        lists=tuple(make(chapter, cuts.rows) for make in lists),
        time_said=_time_said(chapter),
        time=_time(chapter),
    )


def _tiles(anchor: str, chapter: Chapter, work: ClassWork) -> tuple[Tile, ...]:
    handed_in = str(len(chapter.results))
    full = sum(score >= chapter.maximum - 1e-9 for score in chapter.scores)
    looks = sum(result.needs_attention for result in chapter.results)
    size = _class_size(chapter, work)
    tiles = [
        Tile(handed_in, texts.HANDED_IN, texts.OF_STUDENTS.format(size, count=size)),
        _middle(chapter),
        Tile(str(full), texts.FULL, texts.OF_N.format(n=len(chapter.scores))),
        Tile(str(looks), texts.NEED_A_LOOK, texts.NEED_A_LOOK_SAID, f"{anchor}-look"),
    ]
    return tuple(tiles)


def _class_size(chapter: Chapter, work: ClassWork) -> int:
    return len({*work.students, *(result.student for result in chapter.results)})


def _middle(chapter: Chapter) -> Tile:
    lies = chapter.spread
    if lies is None:
        return Tile(texts.NOTHING, texts.MIDDLE, texts.NO_SCORES)
    said = texts.MIDDLE_SAID.format(maximum=points(chapter.maximum), mean=points(lies.mean), n=lies.n)
    return Tile(points(lies.middle), texts.MIDDLE, said)


def _columns(chapter: Chapter) -> tuple[Column, ...]:
    if not chapter.columns or not chapter.scores:
        return ()
    step, count = step_of(chapter.maximum), len(chapter.columns)
    edges = [points(min(step * i, chapter.maximum)) for i in range(count + 1)]
    tall = heights(chapter.columns)
    found = []
    for i, students in enumerate(chapter.columns):
        words = texts.LAST_RANGE if i == count - 1 else texts.RANGE
        said = words.format(low=edges[i], high=edges[i + 1])
        found.append(Column(edges[i], said, students, tall[i]))
    return tuple(found)


def _scores(chapter: Chapter) -> str:
    lies = chapter.spread
    if lies is None:
        return texts.NO_SCORES
    ends = (lies.quarter, lies.three_quarters, lies.low, lies.high)
    low, high, least, most = (points(value) for value in ends)
    return texts.SCORES_SAID.format(low=low, high=high, least=least, most=most, n=lies.n)


def _outcomes(chapter: Chapter) -> Stack:
    counts = {outcome.value: count for outcome, count in chapter.outcomes.items()}
    words = tuple(
        (name, texts.LEGEND.format(words=texts.OUTCOME[Outcome(name)], count=count))
        for name, count in counts.items()
    )
    return Stack(stack(counts), words)


def _exercise(anchor: str, exercise: Exercise, cuts: Cuts) -> ExerciseView:
    tells = exercise.discrimination
    too_few = texts.TOO_FEW.format(n=exercise.n) if exercise.too_few else texts.NO_SPREAD
    low, high = (round(50 + 50 * edge, 1) for edge in sorted((0.0, tells.r if tells else 0.0)))
    reached, most = points(exercise.ease * exercise.maximum), points(exercise.maximum)
    return ExerciseView(
        anchor=anchor,
        title=line(exercise.place[1], 200) or texts.NO_EXERCISE,
        ease=texts.EASE.format(exercise.maximum, share=reached, maximum=most),
        ease_share=percent(exercise.ease) if exercise.n and exercise.maximum else texts.NOTHING,
        ease_width=round(100 * exercise.ease, 1),
        tells=_decimals(tells.r, 2) if tells else too_few,
        tells_range=_tells_range(tells.low, tells.high) if tells else "",
        tells_bar=(low, round(high - low, 1)),
        is_weak=tells is not None and tells.r < 0.2,
        full=str(exercise.full),
        nothing=str(exercise.nothing),
        n=str(exercise.n),
        hardest=_hardest(exercise),
        checks=tuple(_check(check, cuts) for check in exercise.checks),
    )


def _hardest(exercise: Exercise) -> str:
    shares = [check.passed for check in exercise.checks if check.n]
    return texts.HARDEST.format(share=percent(min(shares))) if shares else ""


def _tells_range(low: float, high: float) -> str:
    return texts.TELLS_RANGE.format(low=_decimals(low, 2), high=_decimals(high, 2))


def _decimals(value: float, digits: int) -> str:
    return figure(f"{value:.{digits}f}").replace("-", "−")


def _check(check: Check, cuts: Cuts) -> CheckView:
    ends = tuple((name, f"{count} {texts.END[name]}") for name, count in check.ends.items())
    scales = (_score_scale(check.scores), _time_scale(check.times))
    return CheckView(
        asked=asked_of(check),
        seen=texts.CHECK_HIDDEN if check.hidden else texts.CHECK_SEEN,
        points=_check_points(check.max_points),
        passed=texts.CHECK_PASSED.format(passed=check.ends.get("passed", 0), n=check.n),
        stack=Stack(stack(check.ends), ends),
        scales=tuple(scale if cuts.drawings else replace(scale, drawing=None) for scale in scales if scale),
    )


def _check_points(most: float) -> str:
    if not most:
        return texts.CHECK_PRACTICE
    return texts.CHECK_POINTS.format(most, points=points(most))


def _score_scale(samples: tuple[Sample, ...]) -> Scale | None:
    lies, drawing = spread(sample.value for sample in samples), strip(samples)
    if lies is None or drawing is None:
        return None
    low, middle, high, target = (number(v) for v in (lies.low, lies.middle, lies.high, samples[0].target))
    said = texts.SCORES_OF_CHECK.format(low=low, high=high, middle=middle, target=target, n=lies.n)
    close = sum(sample.is_close for sample in samples)
    return Scale(drawing, said, texts.CLOSE_OF_CHECK.format(count=close) if close else "")


def _time_scale(samples: tuple[Sample, ...]) -> Scale | None:
    lies, drawing = spread(sample.value for sample in samples), strip(samples, logarithmic=True)
    if lies is None or drawing is None:
        return None
    low, middle, high = (percent(value) for value in (lies.low, lies.middle, lies.high))
    said = texts.TIMES_OF_CHECK.format(low=low, high=high, middle=middle, n=lies.n)
    close = sum(NEAR_LIMIT[0] <= sample.value <= NEAR_LIMIT[1] for sample in samples)
    return Scale(drawing, said, texts.CLOSE_OF_CHECK.format(count=close) if close else "")


def _time_said(chapter: Chapter) -> str:
    lies = chapter.wall
    if lies is None:
        return ""
    figures = (lies.middle, lies.quarter, lies.three_quarters, lies.high)
    middle, low, high, most = (_decimals(seconds, 1) for seconds in figures)
    return texts.TIME_SAID.format(middle=middle, low=low, high=high, most=most, n=lies.n)


def _time(chapter: Chapter) -> Table:
    rows = ((texts.COST.get(name, name), _decimals(seconds, 2)) for name, seconds in chapter.costs.items())
    return Table(texts.TIME_HEADS, tuple(rows), (1,))
