"""The victim of the attacks: one small chapter, its graders, and what an attack must never reach.

An attack is a file in ``cases``: its docstring says the mechanism, ``CODE`` replaces the first answer
cell of an otherwise untouched hand-in, or ``doctor(notebook, folder)`` changes the hand-in as it likes.
``CHAPTER`` and ``ANSWERS`` choose another chapter and the answers to replace, ``POINTS`` is what is right in it; ``LIMITS`` changes limits, ``EXPECT`` names outcomes of the whole, ``observe(graded)`` asserts a trace.
"""
# ruff: noqa: E501 (code of notebooks in strings)

from __future__ import annotations

import base64
import contextlib
import json
import os
import runpy
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import vocabulary_victim

from graders.batch.engine import grade_safely
from graders.course import Course, Limits, load_course
from graders.feedback.page import render
from graders.grading import Addresses, Job
from graders.notebooks import source
from graders.notebooks.bundle import Bundle, load_bundle
from graders.notebooks.roles import role_of, split_hidden, strip_solution
from graders.results import CellResult, Record, Role, SubmissionResult, from_json

CASES = Path(__file__).with_name("cases")
NAME = "ch01_victim"
CHAPTERS = (NAME, vocabulary_victim.NAME)
FIRST_ANSWER = "centre"
LIMITS: dict[str, float] = {
    "cell_seconds": 4,
    "call_seconds": 3,
    "submission_seconds": 30,
    "memory_mb": 300,
    "processes": 64,
    "disk_mb": 16,
    "files": 300,
    "open_files": 256,
    "output_kb": 64,
    "message_mb": 8,
    "notebook_mb": 2,
}
# A neighbour may be slowed down by the machine being busy; it must not be changed.
PATIENT = {**LIMITS, "cell_seconds": 60, "call_seconds": 40, "submission_seconds": 300}

# What must never come back: text in hidden code, a number in a hidden expected value, hidden data.
WORD = "canary-q7xv9kpz"
NUMBER = 86753.09375
DATA = 52417.375
# What one submission may cost: text of its result, and memory of the worker that grades it.
MEASURED = ("meter", "costs")  # differs from run to run
MAX_JSON = 3_000_000
MAX_GROWTH_MB = 400
MAX_JUDGE_MB = 600
SEARCHED = ("q7xv9kpz", "8675309", "86753.09", "52417")

CONFIG = """\
from graders.course import Course, Limits

course = Course(id="victims", profile="bare", profiles={"bare": ("numpy", "pandas")})
"""

CHAPTER = f'''\
# %% [markdown]
# # 1. The victim

# %% given="data"
import numpy as np
import pandas as pd

from graders import check

X = np.arange(12.0).reshape(6, 2)
y = 2.0 * X[:, 0] + 1.0
table = pd.DataFrame({{"a": [1, 2, 3], "b": [4.0, 5.0, 6.0]}})
rng = np.random.default_rng(5)


def rmse(y_true, y_pred):
    return float(np.sqrt(np.mean((np.asarray(y_true) - np.asarray(y_pred)) ** 2)))


# %% [markdown]
# ## Exercise 1. Centre

# %% answer="centre"
def centre(values):
    """Subtract the mean of every column."""
    ### BEGIN SOLUTION
    return values - values.mean(axis=0)
    ### END SOLUTION


# %% checks="centre_test" points=4
check.close("centre works with X", centre(X), X - 5.0 - np.array([0.0, 1.0]))
### BEGIN HIDDEN TESTS
note = "{WORD}"
X_hidden = np.array([[{DATA}, 1.0], [{DATA - 2}, 2.0], [{DATA + 2}, 3.0]])
check.close("centre works with other data", centre(X_hidden), np.array([[0.0, -1.0], [-2.0, 0.0], [2.0, 1.0]]))
check.close("centre works with one column", centre(np.array([[0.0], [{2 * NUMBER}]])), np.array([[-{NUMBER}], [{NUMBER}]]))
W = 3.0 * X_hidden
check.close("centre works with larger data", centre(W), W - W.mean(axis=0))
### END HIDDEN TESTS

# %% checks="again_test" points=1
check.close("centre still works with X", centre(X), X - X.mean(axis=0))
check.equal("centre keeps the first row", centre(X)[0].tolist(), [-5.0, -5.0])
### BEGIN HIDDEN TESTS
check.close("centre works with two rows", centre(np.array([[{DATA}, {NUMBER}], [{DATA + 8}, {NUMBER}]])), np.array([[-4.0, 0.0], [4.0, 0.0]]))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2. Predict

# %% answer="predict"
def predict(X_train, y_train, X_new):
    """Fit a straight line to the first column and predict."""
    ### BEGIN SOLUTION
    slope, start = np.polyfit(X_train[:, 0], y_train, 1)
    return slope * X_new[:, 0] + start
    ### END SOLUTION


# %% checks="predict_test" points=3
check.shape("predict gives one number for each row", predict(X, y, X), (6,))
### BEGIN HIDDEN TESTS
X_new = np.array([[{DATA}, 0.0], [1.5, 0.0], [2.5, 0.0], [9.5, 0.0]])
y_new = np.array([{2 * DATA + 1}, 4.0, 6.0, 20.0])
check.score("predict is right about new rows", y_new, predict(X, y, X_new), metric=rmse, at_most=0.01)
check.close("predict gives the hidden number", predict(X, y, np.array([[{(NUMBER - 1) / 2}, 0.0]])), np.array([{NUMBER}]))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3. Label

# %% answer="label"
def label(number):
    """Say 'even' or 'odd' with the number; refuse anything that is no int."""
    ### BEGIN SOLUTION
    if not isinstance(number, int):
        raise TypeError("an int is needed")
    return f"{{number}}-{{'odd' if number % 2 else 'even'}}"
    ### END SOLUTION


# %% checks="label_plain" points=2
assert label(2) == "2-even"
### BEGIN HIDDEN TESTS
secret_word = "{WORD}"
assert label({int(NUMBER)}) == "{int(NUMBER)}-odd", "wrong for {NUMBER}"
assert label(7) == "7-odd" and secret_word
### END HIDDEN TESTS

# %% checks="later_test" points=1
check.equal("label works with 4", label(4), "4-even")
check.close("centre works with a list of rows", centre(np.array([[1.0], [3.0]])), np.array([[-1.0], [1.0]]))
check.equal("centre gives the first value", float(centre(X)[0, 0]), -5.0)
### BEGIN HIDDEN TESTS
check.close("centre works with three rows", centre(np.array([[1.0], [2.0], [6.0]])), np.array([[-2.0], [-1.0], [3.0]]))
### END HIDDEN TESTS

# %% checks="last_test" points=1
check.close("centre works at last", centre(X * 2.0), X * 2.0 - np.array([10.0, 12.0]))
### BEGIN HIDDEN TESTS
check.close("centre works at the very last", centre(X * 4.0), X * 4.0 - np.array([20.0, 24.0]))
### END HIDDEN TESTS

# %% [markdown] essay="why" points=1
# ### BEGIN SOLUTION
# Because it helps.
# ### END SOLUTION
'''


# -- attacks --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One attack, as its file describes it."""

    name: str
    mechanism: str
    code: str | None = None
    doctor: Callable[[dict[str, Any], Path], object] | None = None
    limits: dict[str, float] = field(default_factory=dict)
    chapter: str = NAME
    answers: dict[str, str] = field(default_factory=dict)
    points: float = 0.0
    outcomes: tuple[str, ...] = ()
    observe: Callable[[Graded], object] = lambda graded: None


def load_case(name: str) -> Case:
    """Read an attack; the file must say its mechanism and how it attacks."""
    found = runpy.run_path(str(CASES / f"{name}.py"))
    case = Case(
        name=name,
        mechanism=found.get("__doc__") or "",
        code=found.get("CODE"),
        doctor=found.get("doctor"),
        limits=found.get("LIMITS", {}),
        chapter=found.get("CHAPTER", NAME),
        answers=found.get("ANSWERS", {}),
        points=found.get("POINTS", 0.0),
        outcomes=tuple(found.get("EXPECT", {}).get("outcome", ())),
        observe=found.get("observe", lambda graded: None),
    )
    if not case.mechanism or not (case.code or case.doctor or case.answers):
        raise ValueError(f"{name} does not say what it does, or does nothing.")
    return case


def case_names() -> list[str]:
    """The names of all attacks."""
    return sorted(path.stem for path in CASES.glob("*.py"))


# -- what came of one -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Graded:
    """One graded submission: its result, what the student sees of it, and what grading it cost us."""

    result: SubmissionResult
    json: str
    html: str
    grown_mb: float
    seconds: float
    judge_mb: float = 0.0

    @property
    def cells(self) -> dict[str, CellResult]:
        """The cells by id."""
        return {cell.cell_id: cell for notebook in self.result.notebooks for cell in notebook.cells}

    @property
    def records(self) -> dict[str, Record]:
        """The records by name."""
        return {record.name: record for cell in self.cells.values() for record in cell.records}

    def printed(self, cell: str = FIRST_ANSWER) -> str:
        """What a cell wrote to its standard output."""
        return "".join(o["text"] for o in self.cells[cell].outputs if o.get("name") == "stdout")

    def told(self, cell: str = FIRST_ANSWER) -> Any:
        """The JSON after the word TRACE in what a cell printed."""
        assert "TRACE" in self.printed(cell), (self.printed(cell)[-500:], self.cells[cell].error)
        return json.loads(self.printed(cell).rsplit("TRACE", 1)[1].splitlines()[0])


def leaks(*texts: str) -> list[str]:
    """The hidden things that stand in texts, as they are or slightly disguised."""
    found = []
    for wanted in SEARCHED:
        forms = {wanted, wanted[::-1], wanted.encode().hex(), f"{wanted[0]}.{wanted[1:]}"}
        forms |= {base64.b64encode(b"\0" * n + wanted.encode())[4:-4].decode() for n in range(3)}
        found += [wanted for text in texts if any(len(f) > 3 and f in text for f in forms)]
    return found


def for_student(result: SubmissionResult) -> str:
    """The JSON of a result without what only instructors see, and without measured costs."""
    return json.dumps(_without(json.loads(_json(result)), {"staff", "audit", *MEASURED}), ensure_ascii=False)


def verdict(result: SubmissionResult) -> str:
    """Everything of a result but what it cost and whose it is: what grading it again must give again."""
    return json.dumps(_without(json.loads(_json(result)), {"student", *MEASURED}), sort_keys=True)


def _json(result: SubmissionResult) -> str:
    from graders.results import to_json

    return to_json(result)


def _without(tree: Any, names: set[str]) -> Any:
    if isinstance(tree, dict):
        return {key: _without(value, names) for key, value in tree.items() if key not in names}
    return [_without(item, names) for item in tree] if isinstance(tree, list) else tree


class _Active(HTMLParser):
    """Collects whatever on a page could act or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in (
            "script",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "form",
            "foreignobject",
            "image",
            "use",
        ):
            self.found.append(tag)
        for name, value in attrs:
            target = (value or "").strip().lower()
            loads = name in ("src", "href", "xlink:href", "action", "data", "srcset", "background", "poster")
            if name.startswith("on") or (loads and not target.startswith(("#", "data:image/"))):
                self.found.append(f"{tag} {name}={target[:40]}")


def active_parts(html: str) -> list[str]:
    """What of a page could act or load something."""
    parser = _Active()
    parser.feed(html)
    return parser.found


# -- grading --------------------------------------------------------------------------------------


def set_up_worker(folder: str) -> None:
    """Let a worker keep its temporary files where the suite can see what is left of them."""
    tempfile.tempdir = folder


def measured_grade(job: Job, addresses: Addresses) -> tuple[str, float, float]:
    """Grade in a worker; return the result as JSON, by how many MB the worker grew, and seconds."""
    Path("/proc/self/clear_refs").write_text("5")  # forget the largest size so far
    before, began = _status_mb("VmRSS:"), time.monotonic()
    text, _ = grade_safely(job, addresses)
    return text, _status_mb("VmHWM:") - before, time.monotonic() - began


def _status_mb(field: str, process: str = "self") -> float:
    lines = Path("/proc", process, "status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(field)), 0.0)


def descendants(pid: int) -> list[int]:
    """The processes below one, as the kernel lists them."""
    found = [pid]
    for number in found:
        with contextlib.suppress(OSError):  # it may have ended meanwhile
            for path in Path("/proc", str(number), "task").glob("*/children"):
                found += [int(child) for child in path.read_text().split()]
    return found[1:]


@dataclass
class Victim:
    """The course with its one chapter, ready to be attacked."""

    course: Course
    by_chapter: dict[str, Addresses]
    template_pids: tuple[int, ...]
    temporary: Path
    workers: Callable[[], ProcessPoolExecutor]
    pools: Callable[[Limits], str] | None = None  # containers in place of the namespaces wall, by limits

    @property
    def addresses(self) -> Addresses:
        """Where the templates of the first chapter listen."""
        return self.by_chapter[NAME]

    def bundle(self, chapter: str = NAME) -> Bundle:
        """A chapter as the grader reads it."""
        return load_bundle(self.course, chapter)

    def folder(self, student: str, chapter: str = NAME) -> Path:
        """The folder of a submission; it is made if it is missing."""
        folder = self.course.folder("submitted") / student / chapter
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def notebook(self, *, honest: bool = False, chapter: str = NAME) -> dict[str, Any]:
        """The notebook as it is released, or with the reference's answers."""
        path = self.course.folder("source") / chapter / f"{chapter}.ipynb"
        content: dict[str, Any] = json.loads(path.read_text())
        for cell in content["cells"]:
            text, role = "".join(cell["source"]), role_of(cell)
            if role is Role.CHECKS:
                text = split_hidden(text)[0]
            elif role in (Role.ANSWER, Role.ESSAY) and not honest:
                text = strip_solution(text, cell["cell_type"])
            cell["source"] = text
        return content

    def hand_in(
        self, student: str, case: Case | None = None, *, honest: bool = False, chapter: str = NAME
    ) -> None:
        """Write a submission: honest, untouched, or an attack."""
        chapter = case.chapter if case is not None else chapter
        content, folder = self.notebook(honest=honest, chapter=chapter), self.folder(student, chapter)
        if case is not None and case.code is not None:
            by_id(content)[FIRST_ANSWER]["source"] = self._told(case.code)
        for name, code in (case.answers if case is not None else {}).items():
            by_id(content)[name]["source"] = self._told(code)
        path = folder / f"{chapter}.ipynb"
        path.write_text(json.dumps(content))
        if case is not None and case.doctor is not None:
            before = json.dumps(content)
            case.doctor(content, folder)
            if json.dumps(content) != before:
                path.unlink(missing_ok=True)
                path.write_text(json.dumps(content))

    def _told(self, code: str) -> str:
        """Tell an attack what an attacker could know of this machine."""
        known = {
            "@NEIGHBOUR@": str(self.folder("neighbour")),
            "@COURSE@": str(self.course.root),
            "@TEMPORARY@": str(self.temporary),
            "@TEMPLATE@": str(self.template_pids[0]),
            "@JUDGES@": self.addresses.judges,
            "@KERNELS@": self.addresses.kernels,
        }
        for name, value in known.items():
            code = code.replace(name, value)
        return code

    def job(
        self, student: str, limits: dict[str, float] | None = None, *, chapter: str = NAME, **changed: Any
    ) -> Job:
        """The job of grading a submission."""
        return Job(
            course=self.course.id,
            bundle=changed.pop("bundle", None) or self.bundle(chapter),
            student=student,
            folder=str(self.folder(student, chapter)),
            limits=Limits(**{**LIMITS, **(limits or {})}),
            secret=b"secret of the attacks",
            **{"wall": "container" if self.pools else "namespaces", **changed},
        )

    def submit(self, job: Job) -> Future[tuple[str, float, float]]:
        """Start grading in a worker."""
        addresses = self.by_chapter[job.bundle.chapter]
        if self.pools is not None:
            addresses = Addresses(self.pools(job.limits), addresses.judges, addresses.base)
        return self.workers().submit(measured_grade, job, addresses)

    def graded(self, future: Future[tuple[str, float, float]]) -> Graded:
        """Wait for a grading, watching the judge's memory, and look at it as the student would."""
        largest, deadline = 0.0, time.monotonic() + 150
        while not future.done() and time.monotonic() < deadline:
            largest = max(largest, self._judge_mb())
            time.sleep(0.05)
        text, grown, seconds = future.result(timeout=1)
        result = from_json(text)
        return Graded(result, for_student(result), render(self.course, result), grown, seconds, largest)

    def _judge_mb(self) -> float:
        """The memory of the largest judge that is running."""
        sizes = [0.0]
        for pid in [pid for template in self.template_pids[1:] for pid in descendants(template)]:
            with contextlib.suppress(OSError):
                sizes.append(_status_mb("RssAnon:", str(pid)))
        return max(sizes)

    def grade(self, student: str, limits: dict[str, float] | None = None, **changed: Any) -> Graded:
        """Grade one submission by itself."""
        return self.graded(self.submit(self.job(student, limits, **changed)))

    # What may be left behind.

    def traces(self) -> set[str]:
        """What on this machine could be left of a sandbox: processes, mounts, files, control groups."""
        found = {f"process {pid}" for pid in self._processes()}
        mounts = Path("/proc/self/mountinfo").read_text().splitlines()
        found |= {f"mount {line}" for line in mounts if " - tmpfs root " in line or " writable " in line}
        found |= {f"file {path.name}" for path in self.temporary.iterdir()}
        groups = [path for place in Path("/sys/fs/cgroup").glob("*") for path in _groups(place)]
        found |= {f"group {path}" for path in groups if not Path("/proc", path.name.split("-")[1]).exists()}
        return found

    def _processes(self) -> list[int]:
        """Processes below our templates, and walled ones that nobody watches any more."""
        parents, users = {}, {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                lines = Path("/proc", name, "status").read_text().splitlines()
            except OSError:
                continue
            facts = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
            parents[int(name)], users[int(name)] = int(facts["PPid"]), int(facts["Uid"].split()[0])
        ours = set(self.template_pids)
        while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
            ours |= more
        orphans = {p for p, user in users.items() if user >= 200_000 and parents[p] <= 1}
        return sorted((ours - set(self.template_pids)) | orphans)

    def left_behind(self, before: set[str], seconds: float = 8.0) -> list[str]:
        """What was not there before and does not go away."""
        deadline = time.monotonic() + seconds
        while (left := self.traces() - before) and time.monotonic() < deadline:
            time.sleep(0.05)
        return sorted(left)


def _groups(place: Path) -> list[Path]:
    """Our control groups below a folder, read again if one goes away meanwhile."""
    for _ in range(20):
        with contextlib.suppress(OSError):
            return list(place.glob("**/graders-*"))
    return []


def by_id(notebook: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The cells of a notebook by id."""
    return {cell["id"]: cell for cell in notebook["cells"]}


def build(root: Path) -> Course:
    """Make the course of the victim in an empty folder."""
    (root / "course_config.py").write_text(CONFIG)
    (root / "source").mkdir()
    for name, text in ((NAME, CHAPTER), (vocabulary_victim.NAME, vocabulary_victim.CHAPTER)):
        (root / "source" / f"{name}.py").write_text(text)
        source.build(load_course(root), name)
    (root / "source" / NAME / "data.csv").write_text("1,2\n3,4\n")
    return load_course(root)
