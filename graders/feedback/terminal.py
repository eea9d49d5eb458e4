"""The feedback page in a terminal: points by exercise, and what each lost check asked, found and hinted.

The same values as the page's (:mod:`graders.feedback.view`), so nothing hidden and no control
character is in them. Colours only repeat what the words say.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.padding import Padding
from rich.text import Text

from graders.course import Course
from graders.feedback.language import page_texts as texts
from graders.feedback.language import speaking
from graders.feedback.problems import Problem
from graders.feedback.said import told
from graders.feedback.view import Beside, Check, Cuts, Exercise, Notebook, Page, page_of
from graders.results import SubmissionResult

_CUTS = Cuts(text=300, code=600, work=0, checks=400, others=20)
_STYLES = {"passed": "green", "marked": "green", "partly": "yellow", "waiting": "cyan", "skipped": "yellow"}
_ALONE = Beside()
_QUIET = ("passed", "marked", "waiting")  # checks of these states are told with --all only


def show(
    course: Course, result: SubmissionResult, beside: Beside = _ALONE, *, everything: bool = False
) -> Iterator[Text | Padding]:
    """Yield what to print about a submission; with ``everything`` also checks that passed."""
    with speaking(course):
        result = told(result)
        page = page_of(course, result, result.notebooks, _CUTS, beside)
        parts = [*_head(page), *(part for book in page.notebooks for part in _notebook(book, everything))]
    yield from parts


def _head(page: Page) -> Iterator[Text | Padding]:
    yield Text(f"{page.student} · {page.chapter}", style="bold")
    if page.submitted:
        yield Text(f"{texts.SUBMITTED}: {page.submitted}")
    yield from (Text(said) for said in (page.reason, page.message) if said)


def _notebook(notebook: Notebook, everything: bool) -> Iterator[Text | Padding]:
    said = (*notebook.parts, notebook.summary, notebook.essays, notebook.reason, notebook.message)
    yield from (Text(line) for line in (_reached(notebook), *said, *notebook.notes) if line)
    yield from _standing(notebook)
    yield from _remarks(notebook.remarks)
    for exercise in notebook.exercises:
        yield Text("")
        yield from _exercise(exercise, everything)
    yield from (_indented(part, 0) for problem in notebook.problems for part in _problem(problem))


def _reached(notebook: Notebook) -> str:
    if not notebook.points:
        return ""
    return texts.SCORE.format(notebook.most, points=notebook.points, maximum=notebook.maximum)


def _exercise(exercise: Exercise, everything: bool) -> Iterator[Text | Padding]:
    state = texts.STATE[exercise.state]
    worth = exercise.points or ", ".join(one.points for one in exercise.checks if one.state == "waiting")
    points = f" ({worth})" if worth else ""
    yield Text.assemble((exercise.title, "bold"), f": {state}{points}")
    for check in exercise.checks:
        if everything or check.state not in _QUIET:
            yield from _check(check)
    yield from (_indented(part) for problem in exercise.problems for part in _problem(problem))
    yield from (_indented(part) for part in _remarks(exercise.remarks))


def _standing(notebook: Notebook) -> Iterator[Text]:
    if lies := notebook.standing:
        yield Text(f"{texts.STANDING}: {lies.own_text}, {lies.middle_text}, {lies.half_text}.")


def _remarks(remarks: tuple[str, ...]) -> Iterator[Text]:
    yield from (Text(f"{texts.REMARK}: {said}" if said != texts.AGAIN else said) for said in remarks)


def _check(check: Check) -> Iterator[Padding]:
    points = f" ({check.points})" if check.points else ""
    word = (texts.STATE[check.state], _STYLES.get(check.state, "red"))
    yield _indented(Text.assemble(word, f": {check.asked}{points}"))
    named = ((texts.REQUIRED, check.required), (texts.MEASURED, check.measured))
    lines = [check.reason, check.detail, *(f"{name}: {value}" for name, value in named if value)]
    lines.append(f"{texts.HINT}: {check.hint}" if check.hint else "")
    yield from (_indented(Text(line), 4) for line in lines if line)


def _problem(problem: Problem) -> Iterator[Text]:
    yield from (Text(line) for line in (problem.reason, problem.error, problem.help) if line)


def _indented(text: Text, by: int = 2) -> Padding:
    return Padding(text, (0, 0, 0, by))
