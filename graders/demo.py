"""The demo: a class of 24 with every kind of hand-in, graded for real and compared with the design."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from graders.batch.autograde import Summary, autograde
from graders.classes import class_work, feedback_of
from graders.course import Course, load_course
from graders.display import why
from graders.errors import UsageError
from graders.feedback import page
from graders.feedback.report import page as report
from graders.notebooks.bundle import SourceNotebook, load_bundle
from graders.notebooks.release import release
from graders.quality import leaks
from graders.quality.mistakes import Mistake, load_mistakes
from graders.results import Outcome, Role, SubmissionResult

_CH02, _CH04, _CH10 = "ch02_end_to_end", "ch04_training_models", "ch10_neural_networks"
# The demo's own limits: an endless loop should not make a newcomer wait a minute.
_SETTINGS = """
course = course.model_copy(update={"limits": course.limits.model_copy(update={"cell_seconds": 50.0})})
"""

_CHEAT = '''
import builtins, gc, sys
import numpy.testing
import graders.check as vocabulary

found = [o for o in gc.get_objects() if isinstance(o, str) and "HIDDEN TESTS" in o]
for name in vocabulary.__all__:
    setattr(vocabulary, name, lambda *args, **kwargs: None)
numpy.testing.assert_allclose = lambda *args, **kwargs: None
builtins.AssertionError = type("Nothing", (Exception,), {})


class Agreeable(np.ndarray):
    """Says yes to everything."""

    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        return found or np.zeros(3)


def lin_fit(X, y):
    return np.zeros(3).view(Agreeable)


def lin_predict(X, theta):
    return np.zeros(len(X)).view(Agreeable)
'''
_LOOP = "while True:\n    pass\n"
_HOARD = "hoard = []\nwhile True:\n    hoard.append(bytearray(b'x' * 2**26))\n"
_KILL = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
_SYNTAX = "def gradient_descent(X, y, learning_rate, epochs:\n    return None\n"
_SLOW_ENDING = """
def rmse_interval(*args, **kwargs):
    import os

    os._exit(0)
"""


@dataclass(frozen=True)
class Student:
    """One member of the demo class: what they hand in and what that must come to."""

    name: str
    chapter: str
    story: str
    outcome: Outcome
    solves: tuple[str, ...] | None = None  # answer cells with the right answer; None: all of them
    writes: dict[str, str] = field(default_factory=dict)  # answer cells with something else
    mistake: str = ""
    loses: tuple[str, ...] = ()  # checks cells that earn nothing
    spoils: Callable[[str], str] | None = None  # what happens to the file on the way


CLASS: tuple[Student, ...] = (
    Student("ada", _CH04, "everything right", Outcome.PASSED),
    Student("bruno", _CH04, "handed in blank", Outcome.FAILED, solves=()),
    Student("chen", _CH04, "two exercises done", Outcome.FAILED, solves=("least_squares", "descent")),
    Student(
        "dana",
        _CH04,
        "an endless loop",
        Outcome.TIMED_OUT,
        writes={"softmax_model": _LOOP},
        loses=("softmax_model_test", "softmax_stopping_test"),
    ),
    Student(
        "emre",
        _CH04,
        "hoards memory",
        Outcome.OUT_OF_MEMORY,
        writes={"elastic_net": _HOARD},
        loses=("elastic_net_test", "elastic_net_more_test", "sparsity_test"),
    ),
    Student(
        "fatou",
        _CH04,
        "kills the kernel",
        Outcome.CRASHED,
        writes={"early_stopping": _KILL},
        loses=("early_stopping_test", "best_model_test"),
    ),
    Student(
        "gita",
        _CH04,
        "a syntax error",
        Outcome.FAILED,
        writes={"descent": _SYNTAX},
        loses=("descent_test", "batches_test"),
    ),
    Student("hugo", _CH04, "a loop over rows: too slow", Outcome.FAILED, mistake="loop_over_rows"),
    Student("ines", _CH04, "cheats", Outcome.FAILED, solves=(), writes={"least_squares": _CHEAT}),
    Student("jonas", _CH04, "penalises the intercept", Outcome.FAILED, mistake="intercept_penalised"),
    Student("kofi", _CH02, "everything right", Outcome.PASSED),
    Student("lena", _CH02, "handed in blank", Outcome.FAILED, solves=()),
    Student("mia", _CH02, "selects features before validating", Outcome.FAILED, mistake="leak_selects_first"),
    Student("noor", _CH02, "seeded random split", Outcome.FAILED, mistake="id_seeded_random"),
    Student("omar", _CH02, "a loop over ids: too slow", Outcome.FAILED, mistake="id_loop"),
    Student("pia", _CH02, "squares nobody rooted", Outcome.FAILED, mistake="cv_not_rooted"),
    Student(
        "quin",
        _CH02,
        "a function that ends the kernel",
        Outcome.CRASHED,
        writes={"rmse_interval": _SLOW_ENDING},
        loses=("rmse_interval_test",),
    ),
    Student(
        "rosa", _CH02, "half a file", Outcome.FAILED, solves=(), spoils=lambda text: text[: len(text) // 2]
    ),
    Student("sven", _CH02, "one exercise done", Outcome.FAILED, solves=("split_by_id",)),
    Student("tara", _CH10, "everything right", Outcome.PASSED),
    Student("umut", _CH10, "handed in blank", Outcome.FAILED, solves=()),
    Student("vera", _CH10, "three exercises done", Outcome.FAILED, solves=("perceptron", "xor", "init")),
    Student("wim", _CH10, "forgot the slope of ReLU", Outcome.FAILED, mistake="backprop_no_relu_slope"),
    Student("xiu", _CH10, "no bias", Outcome.FAILED, solves=("xor", "init"), mistake="perceptron_no_bias"),
)


def run(course: Course, jobs: int, console: Console) -> bool:
    """Make, grade and show the class; return whether everybody got exactly what was designed."""
    missing = {student.chapter for student in CLASS} - set(course.text_names())
    if missing:
        raise UsageError(
            f"The demo needs the chapters {sorted(missing)}.", hint="Run it in the project folder."
        )
    folder = Path(tempfile.mkdtemp(prefix="graders-demo-"))
    console.print(f"Making a class of {len(CLASS)} in {folder}")
    made = make_class(course, folder)
    console.print("Grading")
    chapters = sorted({student.chapter for student in CLASS})
    summary = autograde(made, chapters, jobs=jobs)
    for result, beside in feedback_of(made, chapters):
        page.write(made, result, beside)
    report.write(made, class_work(made, chapters))
    return _show(course, made, summary, console)


def make_class(course: Course, folder: Path) -> Course:
    """Copy the course to a folder, release its chapters and hand in everybody's work."""
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(course.root / name, folder)
    with (folder / "course_config.py").open("a") as file:
        file.write(_SETTINGS)
    for chapter in {student.chapter for student in CLASS}:
        shutil.copytree(course.folder("source") / chapter, folder / "source" / chapter)
        shutil.copy(course.folder("source") / f"{chapter}.py", folder / "source")
    made = load_course(folder)
    for chapter in sorted({student.chapter for student in CLASS}):
        release(made, chapter)
    for student in CLASS:
        hand_in(made, student, _mistake_of(course, student))
    return made


def _mistake_of(course: Course, student: Student) -> Mistake | None:
    return load_mistakes(course, student.chapter)[student.mistake] if student.mistake else None


def hand_in(course: Course, student: Student, mistake: Mistake | None) -> None:
    """Write a student's work into the submitted folder: the released notebook with their answers."""
    notebook = load_bundle(course, student.chapter).notebooks[0]
    released = json.loads((course.folder("release") / student.chapter / f"{student.chapter}.ipynb").read_text())
    answers = _answers(notebook, student, mistake)
    for cell in released["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in answers:
            cell["source"] = answers[name]
    text = json.dumps(released)
    target = course.folder("submitted") / student.name / student.chapter / f"{student.chapter}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text(student.spoils(text) if student.spoils else text)


def _answers(notebook: SourceNotebook, student: Student, mistake: Mistake | None) -> dict[str, str]:
    right = {c.name: c.source for c in notebook.cells if c.role in (Role.ANSWER, Role.ESSAY)}
    if student.solves is not None:
        right = {name: source for name, source in right.items() if name in student.solves}
    wrong = {mistake.answer: mistake.code} if mistake else {}
    return {**right, **student.writes, **wrong}


def expected_points(notebook: SourceNotebook, student: Student, mistake: Mistake | None) -> float:
    """Return the points a member of the class must get, from the chapter and what they hand in."""
    checks = {cell.name: cell for cell in notebook.cells if cell.role is Role.CHECKS}
    earned = {name: cell.points for name, cell in checks.items() if name not in student.loses}
    if student.solves is not None:
        written = {*student.solves, *([mistake.answer] if mistake else [])}
        earned = {name: points for name, points in earned.items() if _decided_by(notebook, name) <= written}
    lost = mistake.loses if mistake else {}
    return sum(points - lost.get(name, 0.0) for name, points in earned.items())


def _decided_by(notebook: SourceNotebook, checks: str) -> set[str]:
    """Return the answer cell that a checks cell is about: the nearest one before it."""
    answer = ""
    for cell in notebook.cells:
        if cell.role is Role.ANSWER:
            answer = cell.name
        if cell.name == checks:
            return {answer}
    return set()


def _show(course: Course, made: Course, summary: Summary, console: Console) -> bool:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("", "student", "ch", "points", "outcome", "what they handed in, and what it lost"):
        table.add_column(name, justify="right" if name == "points" else "left")
    results = {result.student: result for result in summary.results}
    good = not summary.problems
    for student in CLASS:
        notebook = load_bundle(made, student.chapter).notebooks[0]
        expected = expected_points(notebook, student, _mistake_of(course, student))
        as_designed, row = _row(student, results.get(student.name), expected)
        good = good and as_designed
        table.add_row(*row)
    console.print(table)
    _say_where(made, results, console)
    verdict = "Everybody got exactly what was designed." if good else "Some results are not as designed."
    console.print(verdict, *summary.problems, sep="\n")
    return _shows_nothing_hidden(made, summary, console) and good


def _shows_nothing_hidden(course: Course, summary: Summary, console: Console) -> bool:
    """Look for hidden tests on every page, in the report and its tables, and in the terminal."""
    chapters = sorted({student.chapter for student in CLASS})
    of = {name: [result for result in summary.results if result.chapter == name] for name in chapters}
    found = [leak for name in chapters for leak in leaks.scan(course, name, of[name])]
    told = "No hidden line, name or number is on any page." if not found else "Hidden tests can be read:"
    console.print(told, *found, sep="\n", markup=False)
    return not found


def _row(student: Student, result: SubmissionResult | None, expected: float) -> tuple[bool, list[str]]:
    chapter = student.chapter[2:4]
    if result is None:
        return False, ["✗", student.name, chapter, "-", "not graded", student.story]
    as_designed = result.outcome is student.outcome and abs((result.points or 0.0) - expected) < 0.01
    told = f"[bold]{student.story}[/]. {why(result)[:100].replace('[', chr(92) + '[')}"
    if not as_designed:
        told = f"[red]expected {expected:g}, {student.outcome.value}[/]: {told}"
    points = f"{result.points or 0.0:g}/{result.max_points:g}"
    return as_designed, ["✓" if as_designed else "✗", student.name, chapter, points, result.outcome.value, told]


def _say_where(course: Course, results: dict[str, SubmissionResult], console: Console) -> None:
    total = sum(result.meter.cpu_seconds for result in results.values())
    console.print(f"\n{total:.0f} CPU seconds in student kernels. Look at:")
    for what, place in (
        ("feedback pages", f"feedback/dana/{_CH04}/{_CH04}.html"),
        ("class report", "report/class.html"),
        ("gradebook", "gradebook.db (try `nbgrader export` or formgrader there)"),
        ("all results", "ledger.db"),
    ):
        console.print(f"  {what}: {course.root}/{place}", soft_wrap=True)
