"""SubmissionResult -> the plain values that the page's template shows, cut to size.

Pure: the same result and cuts give the same page. ``staff``, meters, versions and all metrics except the
named numbers of :mod:`graders.feedback.figures` are never read here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from graders.course import Course
from graders.feedback.clean import line, plain, points
from graders.feedback.curves import Curves, curves_of
from graders.feedback.figures import Figure, figure_of
from graders.feedback.language import page_texts as texts
from graders.feedback.problems import Problem, problems_of
from graders.feedback.standing import Peers, Standing, standing_of
from graders.feedback.totals import by_hand, is_blank, is_changed, is_settled, total_of, with_marks
from graders.feedback.work import Work, work_of
from graders.points import Mark, Marks
from graders.results import CellResult, NotebookResult, Outcome, Record, Role, SubmissionResult, worst


@dataclass(frozen=True)
class Cuts:
    """How much of everything one page may hold: characters, bytes of the student's work, and counts."""

    text: int  # characters of one sentence-like field
    code: int  # characters of one cell's code, one output, one traceback
    work: int  # bytes of the student's cells and outputs, all together
    checks: int  # checks, and exercises
    others: int  # notes, and errors

    def shared(self, count: int) -> Cuts:
        """Return the part of each of ``count`` notebooks on one page."""
        per = [max(1, value // count) for value in (self.checks, self.others)]
        return replace(self, work=self.work // count, checks=per[0], others=per[1])


@dataclass(frozen=True)
class Check:
    """One record as shown."""

    state: str
    asked: str
    seen: str
    points: str
    reason: str = ""
    required: str = ""
    measured: str = ""
    detail: str = ""
    hint: str = ""
    figure: Figure | None = None
    curves: Curves | None = None


@dataclass(frozen=True)
class Exercise:
    """The checks, essays and errors of one exercise; ``points`` is empty where nothing may be told."""

    anchor: str
    title: str
    state: str
    points: str
    share: float | None
    checks: tuple[Check, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...]  # what a person wrote about it
    work: str  # anchor of the student's first own cell of this exercise


@dataclass(frozen=True)
class Notebook:
    """One notebook as shown."""

    anchor: str
    name: str
    points: str
    maximum: str
    most: float
    share: float | None
    scored: bool
    label: str
    summary: str
    parts: tuple[str, ...]
    essays: str
    standing: Standing | None
    remarks: tuple[str, ...]
    reason: str
    message: str
    notes: tuple[str, ...]
    more_notes: str
    exercises: tuple[Exercise, ...]
    more_checks: str
    problems: tuple[Problem, ...]
    work: tuple[Work, ...]
    more_work: str


@dataclass(frozen=True)
class Page:
    """The whole page: whose it is, and its notebooks."""

    title: str
    course: str
    chapter: str
    student: str
    submitted: str
    reason: str
    message: str
    notebooks: tuple[Notebook, ...]


@dataclass(frozen=True)
class Beside:
    """What a page tells beside the result: what people and the calendar added, and the class's results."""

    marks: Marks = field(default_factory=Marks)
    peers: Peers = field(default_factory=Peers)


def page_of(
    course: Course,
    result: SubmissionResult,
    notebooks: tuple[NotebookResult, ...],
    cuts: Cuts,
    beside: Beside,
) -> Page:
    """Return the page of some notebooks of a submission; a page never has more than 20 of them."""
    chapter = line(course.chapter(result.chapter).title or result.chapter, cuts.text)
    student = line(result.student, cuts.text)
    shown = notebooks[:20]
    part = cuts.shared(max(1, len(shown)))
    return Page(
        title=texts.TITLE.format(chapter=chapter, student=student),
        course=line(course.title or course.id, cuts.text),
        chapter=chapter,
        student=student,
        submitted=_moment(line(result.submitted_at, cuts.text)),
        reason="" if shown else texts.WHOLE_REASON.get(result.outcome, ""),
        message=plain(result.message, cuts.text),
        notebooks=tuple(_notebook(result, n, part, f"n{index}", beside) for index, n in enumerate(shown, 1)),
    )


def _moment(text: str) -> str:
    """Write an ISO time for people; leave any other text as it is."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment:{texts.MOMENT}} {moment.tzname() or ''}".strip()


def _notebook(
    result: SubmissionResult, automatic: NotebookResult, cuts: Cuts, prefix: str, beside: Beside
) -> Notebook:
    marks = beside.marks.of(automatic.name)
    notebook = with_marks(automatic, marks)
    ungradable = Outcome.UNGRADABLE in (result.outcome, notebook.outcome)
    settled = ungradable and is_settled(notebook, marks)
    scored = (settled or not ungradable) and notebook.points is not None
    work, more_work = work_of(notebook.cells, cuts.code, cuts.work, prefix)
    told = {result.message, notebook.message}
    exercises = _exercises(_trimmed(notebook.cells, cuts.checks, told), cuts, prefix, scored, work, marks)
    titles = {cell.exercise for cell in notebook.cells if cell.role is Role.CHECKS or by_hand(cell)}
    elsewhere = [cell for cell in notebook.cells if cell.exercise not in titles]
    unknown = marks.keys() - {cell.cell_id for cell in notebook.cells}
    more = sum(len(cell.records) for cell in notebook.cells) - cuts.checks
    total = total_of(notebook, beside.marks)
    return Notebook(
        anchor=prefix,
        name=line(notebook.name, cuts.text),
        points=points(total.points) if scored and total.maximum else "",
        maximum=points(total.maximum) if total.maximum else "",
        most=total.maximum,
        share=total.share if scored else None,
        scored=scored,
        label=total.label,
        summary=_said(notebook, scored, settled),
        parts=total.parts if scored else (),
        essays=total.waiting,
        standing=standing_of(beside.peers, automatic) if scored and not settled else None,
        remarks=_remarks([*(c.cell_id for c in elsewhere), *sorted(unknown)], marks, cuts),
        reason=texts.WHOLE_REASON.get(notebook.outcome, "") if scored and not settled else "",
        message=plain(notebook.message, cuts.text) if notebook.message != result.message else "",
        notes=tuple(plain(note, cuts.text) for note in notebook.notes[: cuts.others]),
        more_notes=_more(texts.MORE_NOTES, len(notebook.notes) - cuts.others),
        exercises=exercises,
        more_checks=_more(texts.MORE_CHECKS, more),
        problems=problems_of(elsewhere, cuts.others, cuts.text, cuts.code),
        work=work,
        more_work=_more(texts.WORK_MORE, more_work),
    )


def _said(notebook: NotebookResult, scored: bool, settled: bool) -> str:
    if settled:
        return texts.HAND_ALL
    return _summary(notebook) if scored else texts.NOT_GRADED_LONG


def _remarks(cells: Iterable[str], marks: Mapping[str, Mark], cuts: Cuts) -> tuple[str, ...]:
    """Return what a person wrote about some cells, and whether their points wait for another look."""
    found = [marks[cell] for cell in dict.fromkeys(cells) if cell in marks]
    said = [plain(mark.comment, cuts.text) for mark in found if mark.comment.strip()]
    again = any(mark.again and mark.points is not None for mark in found)
    return (*said[: cuts.others], *([texts.AGAIN] if again else []))


def _more(sentence: str, count: int) -> str:
    return sentence.format(count=count) if count > 0 else ""


def _share(reached: float | None, maximum: float) -> float | None:
    """Return the part of the points reached, 0 to 1; None where there is nothing to reach."""
    return round(min(1.0, max(0.0, (reached or 0.0) / maximum)), 3) if maximum > 0 else None


def _summary(notebook: NotebookResult) -> str:
    outcomes = [outcome for cell in notebook.cells if cell.role is Role.CHECKS for outcome in _outcomes(cell)]
    passed = outcomes.count(Outcome.PASSED)
    if not outcomes:
        return texts.NO_POINTS
    if passed == len(outcomes):
        return texts.ALL_DONE
    return texts.SOME_LEFT.format(len(outcomes), passed=passed, total=len(outcomes))


def _outcomes(cell: CellResult) -> list[Outcome]:
    return [r.outcome for r in cell.records] or [cell.outcome or Outcome.UNGRADABLE]


def _trimmed(cells: Iterable[CellResult], limit: int, told: set[str]) -> list[CellResult]:
    """Keep all cells but only the first records, and no detail that the page's head has told already."""
    kept = []
    for cell in cells:
        records = tuple(replace(r, detail="" if r.detail in told else r.detail) for r in cell.records[:limit])
        limit -= len(records)
        kept.append(replace(cell, records=records))
    return kept


def _exercises(
    cells: list[CellResult],
    cuts: Cuts,
    prefix: str,
    scored: bool,
    work: tuple[Work, ...],
    marks: Mapping[str, Mark],
) -> tuple[Exercise, ...]:
    groups: dict[str, list[CellResult]] = {}
    for cell in [c for c in cells if c.role is Role.CHECKS or by_hand(c)][: cuts.checks]:
        groups.setdefault(cell.exercise, []).append(cell)
    anchors: dict[str, str] = {}
    for own in work:
        anchors.setdefault(own.exercise, own.anchor)
    return tuple(
        _exercise(
            title,
            graded,
            [c for c in cells if c.exercise == title],
            cuts,
            f"{prefix}-e{index}",
            scored,
            anchors,
            marks,
        )
        for index, (title, graded) in enumerate(groups.items(), 1)
    )


def _exercise(
    title: str,
    graded: list[CellResult],
    cells: list[CellResult],
    cuts: Cuts,
    anchor: str,
    scored: bool,
    anchors: dict[str, str],
    marks: Mapping[str, Mark],
) -> Exercise:
    counted = [cell for cell in graded if cell.role is Role.CHECKS or cell.points is not None]
    reached = sum(cell.points or 0.0 for cell in counted)
    maximum = sum(cell.max_points for cell in counted)
    told = scored and maximum > 0
    return Exercise(
        anchor=anchor,
        title=line(title, cuts.text) or texts.NO_EXERCISE,
        state=_exercise_state(graded, reached, marks),
        points=_points(reached, maximum) if told else "",
        share=_share(reached, maximum) if told else None,
        checks=tuple(shown for cell in graded for shown in _checks(cell, cuts, scored, marks)),
        problems=problems_of(cells, cuts.others, cuts.text, cuts.code),
        remarks=_remarks([cell.cell_id for cell in cells], marks, cuts),
        work=anchors.get(title, "") if title else "",
    )


def _points(reached: float, maximum: float) -> str:
    return texts.SCORE.format(maximum, points=points(reached), maximum=points(maximum))


def _exercise_state(graded: list[CellResult], reached: float, marks: Mapping[str, Mark]) -> str:
    checked = [cell for cell in graded if cell.role is Role.CHECKS and not is_changed(cell, marks)]
    if not checked and all(is_blank(cell, marks) for cell in graded):
        return "failed"
    if not checked:
        return "waiting" if any(cell.points is None for cell in graded) else "marked"
    outcome = worst([outcome for cell in checked for outcome in _outcomes(cell)])
    partly = reached > 0 and outcome not in (Outcome.PASSED, Outcome.UNGRADABLE)
    return "partly" if partly else outcome.value


def _checks(cell: CellResult, cuts: Cuts, scored: bool, marks: Mapping[str, Mark]) -> list[Check]:
    if cell.role is not Role.CHECKS:
        return [_by_hand(cell, is_blank(cell, marks))]
    changed = is_changed(cell, marks) and cell.points is not None
    given = (
        [Check("marked", texts.CHANGED, "", _points(cell.points or 0.0, cell.max_points))] if changed else []
    )
    return [*given, *_automatic(cell, cuts, scored)]


def _automatic(cell: CellResult, cuts: Cuts, scored: bool) -> list[Check]:
    whole = Record(
        name=cell.cell_id,
        asked=texts.WHOLE_CELL,
        outcome=_outcomes(replace(cell, records=()))[0],
        points=cell.points,
        max_points=cell.max_points,
    )
    shown = [_check(record, cuts, scored) for record in cell.records or (whole,)]
    # A plain cell of asserts says nothing about which of them a student could see.
    return shown if cell.records else [replace(shown[0], seen="")]


def _by_hand(cell: CellResult, blank: bool) -> Check:
    asked = texts.ESSAY if cell.role is Role.ESSAY else texts.HAND
    if cell.points is None:
        worth = texts.ESSAY_WAITING.format(cell.max_points, maximum=points(cell.max_points))
        return Check("waiting", asked, "", worth)
    if blank:
        return Check("failed", asked, "", _points(cell.points, cell.max_points), reason=texts.HAND_BLANK)
    return Check("marked", asked, "", _points(cell.points, cell.max_points))


def _check(record: Record, cuts: Cuts, scored: bool) -> Check:
    passed = record.outcome is Outcome.PASSED
    return Check(
        state=_state(record),
        asked=plain(record.asked or record.name, cuts.text),
        seen=texts.UNSEEN if record.hidden else texts.SEEN,
        points=_record_points(record, scored),
        reason=_check_reason(record),
        required=plain(record.required, cuts.text),
        measured=plain(record.measured, cuts.text),
        detail=plain(record.detail, cuts.text),
        hint="" if passed else plain(record.hint, cuts.text),
        figure=None if record.outcome is Outcome.UNGRADABLE else figure_of(record),
        curves=curves_of(record),
    )


def _check_reason(record: Record) -> str:
    """Say why a check ended as it did; a skipped check's own detail names the cause better than we can."""
    told = record.outcome is Outcome.SKIPPED and record.detail
    return "" if told else texts.CHECK_REASON.get(record.outcome, "")


def _state(record: Record) -> str:
    partly = record.outcome is Outcome.FAILED and 0 < (record.points or 0.0) < record.max_points
    return "partly" if partly else record.outcome.value


def _record_points(record: Record, scored: bool) -> str:
    if record.outcome is Outcome.UNGRADABLE or not scored:
        return ""
    if not record.max_points:
        return texts.PRACTICE
    return "" if record.points is None else _points(record.points, record.max_points)
