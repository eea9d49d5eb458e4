"""No line, name or number of hidden tests can be read anywhere, however a submission ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graders.feedback import page
from graders.notebooks import source
from graders.quality import leaks
from graders.results import CellResult, NotebookResult, Outcome, Record, Role, SubmissionResult

CHAPTER = "ch01_numbers"
HIDDEN = """\
odd_sample = np.array([1.0, 3.0, 8.15273])
check.close("mean works with other values", mean(odd_sample), 4.05091, hint="Sum first.")
check.equal(
    "mean is asked with 31337 in mind",
    mean(np.array([31337.0])) > 0.75, True)
check.score("means are near", [mean(np.array([i, i])) for i in range(64)], list(range(64)), at_least=0.98765,
            metric="r2")
def mean_miss(asked, found): return float(np.mean(np.abs(np.subtract(asked, found))))
check.score("means are near, as we measure it", [mean(np.array([i, i])) for i in range(64)], list(range(64)),
            at_most=0.25, metric=mean_miss)"""


@pytest.fixture
def secretive(tiny):
    """The tiny course with hidden tests that have telling names and numbers."""
    text = source.text_path(tiny.course, CHAPTER)
    old = 'check.close("mean works with other values", mean(np.array([1.0, 3.0, 11.0])), 5.0)'
    text.write_text(text.read_text().replace(old, HIDDEN))
    source.build(tiny.course, CHAPTER)
    return tiny


def test_lines_names_and_numbers_are_secret_and_what_students_are_told_is_not(secretive):
    found = leaks.secrets_of(secretive.course, CHAPTER)
    assert set(found.words) == {"odd_sample", "8.15273", "4.05091"}
    assert any("odd_sample=np.array" in line for line in found.lines)


def test_a_sentence_that_students_are_told_may_stand_in_a_table_as_it_does_in_code(secretive):
    secrets = leaks.Secrets({**leaks.secrets_of(secretive.course, CHAPTER).lines}, {})
    assert not list(
        leaks.leaks_in('"mean is asked with 31337 in mind",\n"mean works with other values",', secrets)
    )
    assert list(leaks.leaks_in(next(line for line in secrets.lines if "odd_sample=" in line), secrets))


HAND_INS = {
    "right": ({}, Outcome.PASSED),
    "wrong": ({"mean": "def mean(values):\n    return values.max()"}, Outcome.FAILED),
    "raises": ({"mean": "def mean(values):\n    raise ValueError(values)"}, Outcome.FAILED),
    "echoes": ({"mean": "def mean(values):\n    print(values)\n    return str(values)"}, Outcome.FAILED),
    "broken": ({"mean": "def mean(values:"}, Outcome.FAILED),
    "loops": ({"mean": "while True: pass"}, Outcome.TIMED_OUT),
    "hoards": (
        {"mean": "hoard = []\nwhile True: hoard.append(bytearray(b'x' * 2**24))"},
        Outcome.OUT_OF_MEMORY,
    ),
    "ends": ({"mean": "def mean(values):\n    import os\n    os._exit(0)"}, Outcome.CRASHED),
    "blank": (None, Outcome.FAILED),
}


def test_nothing_hidden_is_shown_of_a_class_with_every_ending(secretive):
    results = []
    for student, (answers, _) in HAND_INS.items():
        secretive.hand_in(student, answers or {}, base="reference" if answers is not None else "blank")
        results.append(secretive.grade(student))
    assert {r.student: r.outcome for r in results} == {name: outcome for name, (_, outcome) in HAND_INS.items()}
    results.append(replace(results[0], student="ours", outcome=Outcome.UNGRADABLE, staff="odd reason"))
    for code in ("en", "de"):
        course = secretive.course.model_copy(update={"language": code})
        for result in results:
            page.write(course, result)
        assert list(leaks.scan(course, CHAPTER, results)) == []


@pytest.mark.parametrize(
    "text", ["odd_sample", "8.15273", "found 4.05091 there", "odd_sample = np.array([1.0, 3.0, 8.15273])"]
)
@pytest.mark.parametrize("field", ["detail", "required", "measured", "hint", "asked"])
def test_a_hidden_word_in_any_text_of_a_check_is_found_everywhere(secretive, text, field):
    told = leaks.scan(secretive.course, CHAPTER, [result_with(text, field)])
    found = [leak.split(":")[0] for leak in told]
    assert {"the feedback page of ada", "the terminal of ada"} <= set(found)


def result_with(text: str, field: str):
    record = replace(Record("mean_test#1", "asked", Outcome.FAILED, 0.0, 1.0, hidden=True), **{field: text})
    cell = CellResult("c", "code", Role.CHECKS, "", "One", Outcome.FAILED, 0.0, 1.0, (record,))
    return SubmissionResult(
        "tiny", CHAPTER, "ada", Outcome.FAILED, (NotebookResult("n", Outcome.FAILED, (cell,)),)
    )


@pytest.mark.parametrize("field", ["hint", "asked"])
def test_a_hidden_word_in_the_class_report_or_its_tables_is_found(secretive, field):
    found = list(leaks.scan(secretive.course, CHAPTER, [result_with("see odd_sample", field)]))
    assert any(leak.startswith("the class report, .html") for leak in found)
    assert any(leak.startswith("the class report, -") for leak in found)


def test_what_a_student_wrote_themselves_is_no_leak(secretive):
    result = result_with("see odd_sample", "detail")
    (book,) = result.notebooks
    own = replace(book.cells[0], cell_id="a", role=Role.ANSWER, source="odd_sample = 1", records=())
    result = replace(result, notebooks=(replace(book, cells=(own, *book.cells)),))
    assert not [leak for leak in leaks.scan(secretive.course, CHAPTER, [result]) if "of ada" in leak]
