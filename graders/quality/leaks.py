"""Whether anything hidden stands under release/ or feedback/, or would stand on a page, in a table or terminal.

Hidden are the lines of hidden tests and marking schemes, the names that only hidden tests bind, and numbers
that stand only there and are telling. A target (``at_least=0.9``) is told to students, so it is none.
"""

from __future__ import annotations

import ast
import html
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console

from graders.course import Course
from graders.feedback import page, terminal
from graders.feedback.report import page as report
from graders.feedback.report.classwork import ClassWork
from graders.notebooks.release import find_leaks, hidden_code, hidden_tests, visible_text
from graders.notebooks.roles import Markers
from graders.results import SubmissionResult

_TAG = re.compile(r"<(style|svg)\b.*?</\1>|<[^>]*>", re.DOTALL)
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d]\w*|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?")
_TELLING = 24  # characters without spaces; shorter lines stand in many programs
# Arguments of checks that say what is asked for: students are told them.
_TOLD = frozenset(
    "asked hint at_least at_most exactly times partial weight rtol atol sizes rows columns budget".split()
)


@dataclass(frozen=True)
class Secrets:
    """What of a chapter must not be seen: lines without spaces, and words; each with its place."""

    lines: dict[str, str]
    words: dict[str, str]


def secrets_of(course: Course, chapter: str) -> Secrets:
    """Return what is hidden in a chapter and telling."""
    folder, markers = course.place("source", chapter), Markers.of(course)
    lines = {_flat(line): where for line, where in hidden_tests(folder, markers).items()}
    told = {_flat(text) for code, _ in hidden_code(folder, markers) for text in _sentences(code)}
    seen = _words_of(visible_text(folder, markers))
    words = {word: where for code, where in hidden_code(folder, markers) for word in _words(code)}
    return Secrets(
        {line: where for line, where in lines.items() if len(line) >= _TELLING and _bare(line) not in told},
        {word: where for word, where in words.items() if word not in seen},
    )


def _sentences(code: str) -> Iterator[str]:
    """Yield the texts of hidden code that students are told anyway."""
    try:
        calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return
    texts = (node.value for call in calls for node in _told(call) if isinstance(node, ast.Constant))
    yield from (text for text in texts if isinstance(text, str))


def _bare(line: str) -> str:
    """Return a line without the quotes and the comma that stand around a text in code, and in a table."""
    return line.removeprefix("hint=").rstrip(",)").strip("\"'")


def _words(code: str) -> Iterator[str]:
    """Yield the names that hidden code binds and the numbers in it, as far as they tell something."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a part of a statement: its lines are looked for all the same
        return
    told = {node for call in ast.walk(tree) if isinstance(call, ast.Call) for node in _told(call)}
    said = {word for node in told if isinstance(node, ast.Constant) for word in _words_of(str(node.value))}
    said |= {name for call in ast.walk(tree) if isinstance(call, ast.Call) for name in _measures(call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in told:
            yield from (number for number in _number(code, node) if number not in said)
        name = _bound(node)
        if len(name) >= 5 and re.search(r"[a-z]_|\d|[a-z][A-Z]", name) and name not in said:
            yield name  # others are words of any text


def _told(call: ast.Call) -> Iterator[ast.AST]:
    """Yield what of a check's arguments students are told: the sentence, the hint, targets."""
    yield from call.args[:1] if call.args and isinstance(call.args[0], ast.Constant) else []
    for keyword in call.keywords:
        yield from ast.walk(keyword.value) if keyword.arg in _TOLD else []


def _measures(call: ast.Call) -> Iterator[str]:
    """Yield the name of a metric of the course's own: students are told it with the target."""
    for keyword in call.keywords:
        if keyword.arg == "metric" and isinstance(keyword.value, ast.Name):
            yield keyword.value.id


def _bound(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.arg):
        return node.arg
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ""


def _number(code: str, node: ast.Constant) -> Iterator[str]:
    """Yield a number as it is written if it has four digits that are not all round."""
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        written = ast.get_source_segment(code, node) or ""
        if len(re.sub(r"\D|e.*", "", written).strip("0")) >= 4:
            yield _short(written)


# -- where it could be seen -------------------------------------------------------------------------


def scan(course: Course, chapter: str, results: Iterable[SubmissionResult]) -> Iterator[str]:
    """Yield what is hidden in a chapter and yet in its release, in pages written, or in what results show."""
    folder, released = course.place("source", chapter), course.place("release", chapter)
    if released.is_dir():
        yield from (f"release/{leak}" for leak in find_leaks(folder, released, Markers.of(course)))
    secrets = secrets_of(course, chapter)
    lines = Secrets(secrets.lines, {})  # whose work a written page shows is not known, so words may be theirs
    for path in sorted(p for folder in course.placed("feedback", chapter) for p in folder.glob("*.html")):
        name = path.relative_to(course.root).as_posix().removeprefix("feedback/")
        yield from (f"feedback/{name}: {leak}" for leak in leaks_in(path.read_text("utf-8", "replace"), lines))
    found = tuple(results)
    for result in found:
        yield from _shown(course, result, secrets)
    for name, text in report.texts_of(course, ClassWork((chapter,), found)).items() if found else ():
        yield from (f"the class report, {name}: {leak}" for leak in leaks_in(text, secrets))


def _shown(course: Course, result: SubmissionResult, secrets: Secrets) -> Iterator[str]:
    """Yield what a student's page or terminal shows and must not; what they wrote themselves may be there."""
    cells = [cell for notebook in result.notebooks for cell in notebook.cells]
    own = "\n".join(
        [*(cell.source for cell in cells), *(str(cell.outputs) for cell in cells), *_errors(result)]
    )
    flat, words = _flat(own), _words_of(own)
    unseen = Secrets(
        {line: where for line, where in secrets.lines.items() if line not in flat},
        {word: where for word, where in secrets.words.items() if word not in words},
    )
    for name, text in (("feedback page", page.render(course, result)), ("terminal", _printed(course, result))):
        yield from (f"the {name} of {result.student}: {leak}" for leak in leaks_in(text, unseen))


def _errors(result: SubmissionResult) -> Iterator[str]:
    cells = (cell for notebook in result.notebooks for cell in notebook.cells)
    yield from (f"{cell.error.message}\n{cell.error.traceback}" for cell in cells if cell.error)


def _printed(course: Course, result: SubmissionResult) -> str:
    out = io.StringIO()
    console = Console(file=out, width=10_000, no_color=True)
    for part in terminal.show(course, result, everything=True):
        console.print(part)
    return out.getvalue()


def leaks_in(text: str, secrets: Secrets) -> Iterator[str]:
    """Yield the hidden lines and words that stand in a text or page."""
    flat = _flat(html.unescape(_TAG.sub("", text)))
    words = _words_of(html.unescape(_TAG.sub(" ", text)))
    hidden = [(f"line {line[:60]!r}", where) for line, where in secrets.lines.items() if line in flat]
    hidden += [(repr(word), where) for word, where in secrets.words.items() if word in words]
    yield from (f"{what}, hidden in {where}" for what, where in hidden)


def _words_of(text: str) -> set[str]:
    return set(map(_short, _WORD.findall(text)))


def _short(word: str) -> str:
    """Return a number without zeros at its end, so that 12.50 is found where 12.5 stands."""
    return word.rstrip("0").rstrip(".") if "." in word else word


def _flat(text: str) -> str:
    return _SPACE.sub("", text)
