"""A course speaks its language everywhere: nothing is untranslated, numbers are written its way, errors help."""
# ruff: noqa: E501

from __future__ import annotations

import ast
import io
import re
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from rich.console import Console

import graders
from graders.course import Course
from graders.errors import CourseError
from graders.feedback import page, terminal
from graders.feedback.catalogue import catalogue
from graders.feedback.language import SHIPPED, entries, placeholders, speaking
from graders.feedback.report import page as report
from graders.feedback.report.classwork import ClassWork
from graders.feedback.said import translated
from graders.feedback.standing import FEWEST, Peers
from graders.feedback.view import Beside
from graders.points import Mark, Marks
from graders.results import CellResult, Outcome, Role

LANGUAGES = sorted(path.stem for path in SHIPPED.glob("*.po"))
PACKAGE = Path(graders.__file__).parent
# Parts of the grader that write sentences into results.
SPEAKERS = [
    *sorted((PACKAGE / "check").glob("*.py")),
    *(PACKAGE / f"{name}.py" for name in ("judge", "judging", "budgets", "grading", "notebooks/run")),
    *(PACKAGE / f"{name}.py" for name in ("notebooks/sanitise", "bridge/remote", "sandbox/monitor")),
]
# Words of these parts that no student reads: messages of our own errors, notebook output, names for programs.
NOT_SAID = re.compile(
    r"Look at the hidden tests|The judge ended|There is no kernel|(✓|✗|·|Hint:|Asked:) |Metrics with a name|"
    r"(Behaviour of a function|Honest learning|Neural networks|In the student's process)$|"
    r"A function (of the check|that was never)|A check passes a|The reference needed|The student's kernel|Check(ed)? (that )?$"
)
SAMPLE = {
    "kind": "a list",
    "why": "its cell took too long.",
    "number": "1.5",
    "reason": "there is no room for it",
}


def read(code):
    with (SHIPPED / f"{code}.po").open("rb") as file:
        return read_po(file)


@pytest.fixture
def german(build, tmp_path):
    return build.course(language="de", root=tmp_path)


def words(html):
    soup = BeautifulSoup(html, "html.parser")
    soup.style.decompose()
    return " ".join(soup.get_text(" ").split())


# -- catalogues -----------------------------------------------------------------------------------


def test_a_second_language_is_shipped():
    assert "de" in LANGUAGES


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_language_lacks_a_text_or_has_one_of_yesterday(code):
    found = {(m.context, m.id) for m in read(code) if m.id and all(m.string)}
    wanted = {(e.context, e.english if len(e.english) > 1 else e.english[0]) for e in entries()}
    assert {"missing": wanted - found, "gone": found - wanted} == {"missing": set(), "gone": set()}


@pytest.mark.parametrize("code", LANGUAGES)
def test_placeholders_agree_in_every_form(code):
    for message in read(code):
        english = message.id if isinstance(message.id, str) else message.id[-1]
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if english:
            assert {placeholders(form) for form in forms} == {placeholders(english)}, english


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_shipped_catalogue_is_what_the_command_prints(code):
    assert (SHIPPED / f"{code}.po").read_text(encoding="utf-8") == catalogue(Course(language=code))


# -- the student page, the class report, the terminal ---------------------------------------------


def english_of_ours() -> set[str]:
    """Pieces of our own English sentences that are long enough to be nothing else."""
    pieces = set()
    for entry in entries():
        for form in entry.english:
            pieces |= {piece.strip() for piece, *_ in Formatter().parse(form) if len(piece.strip()) >= 8}
    same = {m.id for code in LANGUAGES for m in read(code) if m.id == m.string}
    return pieces - same - {"Notebook"}


def neutral(result):
    """The result with everything that an author or student wrote taken out: the rest is ours."""

    def record(one):
        ours = {
            "required": "accuracy of at least 0.85",
            "detail": "It took too long.",
            "hint": "Work on a copy.",
        }
        ours["measured"] = "0.871 (95% interval 0.842 to 0.893, n = 400)"
        return replace(one, asked="X", **ours)

    def cell(one):
        return replace(one, records=tuple(map(record, one.records)), source="x", exercise=one.exercise[:10])

    books = tuple(
        replace(
            book,
            cells=tuple(map(cell, book.cells)),
            notes=("The cell 'data' was changed; the released version counts.",),
        )
        for book in result.notebooks
    )
    return replace(result, notebooks=books, audit=("its disk space was full",))


def marked(result, has_due=True, penalty=2.0, late=93_600.0, **essay):
    """The result, and beside it all that people, the calendar and the class can add to it."""
    (book,) = result.notebooks
    tasks = (
        CellResult("task", "code", Role.ANSWER, "x", "T", max_points=1.0),
        CellResult("none", "markdown", Role.ESSAY, "", "B", max_points=2.0),
    )
    marks = {
        "checks-Exercise 4 ": Mark(3.0, 0.5, 4.0, "X", again=True),
        "none": Mark(0.0, max_points=2.0, blank=True),
        "gone": Mark(comment="X"),
    }
    marks |= {"why": Mark(max_points=2.0, **essay)} if essay else {}
    beside = Beside(
        Marks({(book.name, cell): mark for cell, mark in marks.items()}, {book.name: penalty}, late),
        Peers({book.name: tuple((float(n), book.max_points) for n in range(FEWEST))}, has_due),
    )
    return replace(result, notebooks=(replace(book, cells=(*book.cells, *tasks)),)), beside


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_german_page_holds_no_english_sentence_of_ours(german, result, outcome):
    result = neutral(replace(result, outcome=outcome))
    for one, beside in ((result, Beside()), marked(result), marked(result, False, late=0.0, points=1.5)):
        shown = words(page.render(german, one, beside))
        assert [piece for piece in english_of_ours() if piece in shown] == []
    assert 'lang="de"' in page.render(german, result)


def test_what_people_the_calendar_and_the_class_add_is_told_in_german(german, result):
    shown = words(page.render(german, *marked(result)))
    assert "Deine Punkte bisher 8 von 20 Punkten" in shown
    assert "Prüfungen, Punkte von deiner Lehrkraft geändert: 10 von 18 Punkten." in shown
    assert "1 Tag 2 Stunden zu spät abgegeben: 2 Punkte abgezogen." in shown
    assert "Bewertung von Hand (3 Punkte): wartet auf deine Lehrkraft." in shown
    assert "Deine Lehrkraft schreibt : X" in shown or "Deine Lehrkraft schreibt: X" in shown
    assert "Du und der Kurs" in shown and "mittlere Hälfte: 2,5 bis 7,5" in shown
    assert "1 Punkt abgezogen." in words(page.render(german, *marked(result, penalty=1.0)))


def test_a_german_report_holds_no_english_sentence_of_ours(german, result):
    people = [replace(neutral(result), student=f"s{i}", outcome=o) for i, o in enumerate(Outcome)]
    work = ClassWork(("ch04_training_models",), tuple(people), ("zoe",), {"ch04_training_models": {"s1": 9e4}})
    for some in (work, replace(work, results=tuple(people[:1]), students=(), late={})):
        shown = words(report.render(german, some))
        assert [piece for piece in english_of_ours() if piece in shown] == []


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_german_terminal_holds_no_english_sentence_of_ours(german, result, outcome):
    out = io.StringIO()
    for part in terminal.show(german, *marked(neutral(replace(result, outcome=outcome))), everything=True):
        Console(file=out, width=500, no_color=True).print(part)
    assert [piece for piece in english_of_ours() if piece in out.getvalue()] == []


def test_numbers_points_and_moments_are_written_as_germans_do(german, result):
    shown = words(page.render(german, result))
    assert "6,5 von 18 Punkten" in shown and "0,5 von 1 Punkt " in shown
    assert "Abgegeben 18.11.2026, 14:05 UTC" in shown and "36 %" in shown.replace("\xa0", " ")
    assert "dein Ergebnis 0,871" in shown and "verlangt 0,85" in shown


def test_the_numbers_of_drawings_are_written_as_germans_do(german, build):
    curves = {"curves": [["loss", 20, [2.5, 0.5]]], "score": 0.8, "target": 0.9, "scores": [0.7, 0.9]}
    cell = build.checks(
        "E",
        build.record("X", Outcome.PASSED, 1, 1, metrics=curves),
        outcome=Outcome.PASSED,
        points=1.0,
        most=1.0,
    )
    shown = words(page.render(german, build.wrap(cell)))
    assert "2,5 0,5 1 20 loss: 2,5 bis 0,5" in shown and "2 Ziehungen, von 0,7 bis 0,9" in shown
    assert [piece for piece in english_of_ours() if piece in shown] == []


def test_what_an_author_wrote_stays_as_it_is(german, result):
    shown = words(page.render(german, result))
    assert "ridge leaves the intercept unpenalised" in shown
    assert "Which entry of the identity matrix belongs to the intercept?" in shown


def test_a_page_in_german_leaves_the_next_one_english(course, german, result):
    before = page.render(course, result)
    page.render(german, result)
    assert page.render(course, result) == before


# -- sentences that grading wrote -----------------------------------------------------------------


def said_by(path: Path) -> list[str]:
    """The sentences in a module, with a sample for every value in them; not docstrings, not our own errors."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed_over = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and not re.match("raise (Student|Submission)", ast.unparse(node)):
            passed_over |= set(ast.walk(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed_over.add(node.value)
        if isinstance(node, ast.JoinedStr):
            passed_over |= set(ast.walk(node)) - {node}
    found = []
    for node in (node for node in ast.walk(tree) if node not in passed_over):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        elif isinstance(node, ast.JoinedStr):
            found.append("".join(p.value if isinstance(p, ast.Constant) else "\0" for p in node.values))
    return [text for text in found if re.match(r"[A-Z`][^\n]* [^\n]*[.?]$", text) and not NOT_SAID.search(text)]


@pytest.mark.parametrize("path", SPEAKERS, ids=lambda path: path.stem)
def test_every_sentence_of_grading_can_be_said_in_german(german, path):
    with speaking(german):
        for text in said_by(path):
            tries = [text.replace("\0", sample) for sample in SAMPLE.values()]
            tries += [
                text.replace("\0", "This does not hold.", 1).replace("\0", sample) for sample in SAMPLE.values()
            ]
            assert any(translated(one) != one for one in tries), (
                f"graders/feedback/sentences.py lacks: {text!r}"
            )


def test_every_reason_to_leave_a_file_out_can_be_said_in_german(german):
    tree = ast.parse((PACKAGE / "notebooks/sanitise.py").read_text(encoding="utf-8"))
    (function,) = (f for f in tree.body if isinstance(f, ast.FunctionDef) and f.name == "_problem")
    reasons = {
        r for node in ast.walk(function) if isinstance(node, ast.Constant) and " " in (r := str(node.value))
    }
    with speaking(german):
        for reason in reasons:
            assert reason not in translated(f"The file 'x' was left out: {reason}."), reason
    assert len(reasons) >= 6


@pytest.mark.parametrize(
    ("english", "wanted"),
    [
        (
            "This should be a list, and is None. Is a `return` missing?",
            "Verlangt ist eine Liste, gefunden wurde None. Fehlt ein `return`?",
        ),
        (
            "2 of 5 values differ; first at [3]: expected 0.5, found 1.",
            "2 von 5 Werten weichen ab, der erste bei [3]: erwartet 0.5, gefunden 1.",
        ),
        (
            "`fit` is not there: its cell stopped with NameError.",
            "`fit` ist nicht da: Seine Zelle wurde mit NameError abgebrochen.",
        ),
        ("accuracy of at least 0.9", "accuracy von mindestens 0,9"),
        (
            "at most 5 times the CPU time of the reference",
            "höchstens das 5-fache der CPU-Zeit der Musterlösung",
        ),
        (
            "The value is not the one asked for. Case 3: ([1. 2.], 4).",
            "Der Wert ist nicht der verlangte. Fall 3: ([1. 2.], 4).",
        ),
        (
            "ch04.ipynb is 31 MB; at most 20 MB are read. Clear its outputs, save it, and hand it in again.",
            "ch04.ipynb hat 31 MB; gelesen werden höchstens 20 MB. Lösche die Ausgaben, speichere es und gib es noch einmal ab.",
        ),
        (
            "The curve 'loss' does not fall. It begins with 0.5 and ends with 1.25.",
            "Die Kurve 'loss' fällt nicht. Sie beginnt mit 0,5 und endet mit 1,25.",
        ),
        (
            "This should be a training history: a dict of lists of numbers, and is a str.",
            "Verlangt ist ein Trainingsverlauf: ein dict mit Listen von Zahlen, gefunden wurde ein str.",
        ),
    ],
)
def test_sentences_are_put_together_again(german, english, wanted):
    with speaking(german):
        assert translated(english) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "An accuracy of at least 0.9 is what a tree reaches.",
        "a large tree",
        "31.4 times as long",
        "Work on a copy. It is cheap.",
        "It depends.",
        "",
    ],
)
def test_an_authors_sentence_that_looks_like_one_of_ours_stays(german, text):
    with speaking(german):
        assert translated(text) == text


def test_a_long_text_of_a_student_takes_no_long_time(german):
    import time

    began = time.process_time()
    with speaking(german):
        for text in ("of , found " * 100, "With : it returned " * 60, "`" * 1200, " in line 1 of `" * 75):
            translated(text)
    assert time.process_time() - began < 1


# -- a course's own texts -------------------------------------------------------------------------


def own(course, text, name="de.po"):
    folder = course.root / "templates"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text('msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);"\n\n' + text)


def test_a_course_can_say_single_texts_otherwise(german, result):
    own(german, 'msgctxt "page.HINT"\nmsgid "Hint"\nmsgstr "Denkanstoß"\n')
    shown = words(page.render(german, result))
    assert "Denkanstoß:" in shown and "Tipp:" not in shown and "Verlangt" in shown


def test_a_course_can_bring_a_language(build, tmp_path, result):
    latin = build.course(language="la", root=tmp_path)
    own(latin, 'msgctxt "page.WORK"\nmsgid "Your work"\nmsgstr "Opus tuum"\n', "la.po")
    shown = words(page.render(latin, result))
    assert "Opus tuum" in shown and "Handed in" in shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('msgctxt "page.HNT"\nmsgid "Hint"\nmsgstr "Tipp"\n', "line 5: there is no text 'page.HNT'"),
        ('msgctxt "page.TITLE"\nmsgid "x"\nmsgstr "{kapitel}"\n', "line 5: '{kapitel}' needs the placeholders"),
        (
            'msgctxt "page.SCORE"\nmsgid "x"\nmsgstr "{points} {maximum}"\n',
            "line 5: this text needs another number",
        ),
        ("Tipp\n", "is not a catalogue of texts"),
    ],
    ids=["no such text", "placeholder", "plural", "no catalogue"],
)
def test_a_wrong_catalogue_is_told_by_file_and_line(german, result, text, told):
    own(german, text)
    with pytest.raises(CourseError, match=r"de\.po") as caught:
        page.render(german, result)
    assert told in caught.value.message and caught.value.hint


def test_an_unknown_language_is_an_error_that_names_the_known_ones(build, tmp_path, result):
    with pytest.raises(CourseError, match="no language 'tlh'") as caught:
        page.render(build.course(language="tlh", root=tmp_path), result)
    assert "de, en" in caught.value.hint and "templates/tlh.po" in caught.value.hint
