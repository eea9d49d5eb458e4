"""Courses nobody here adapted: the points that nbgrader gives, cell by cell, and nearly all cells split."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import building
import pytest
import tally

from graders.adopted import NAME, Adopted, Exact, read_adopted, text_of
from graders.adopting import Adoption, adopt
from graders.batch.work import Work, find_work
from graders.course import Course, load_course
from graders.gradebook import Gradebook
from graders.grading import Addresses, grade
from graders.results import SubmissionResult
from graders.sandbox.launch import KERNEL_MODULES, Template

STUDENTS = ("reference", "release", "mixed-1", "mixed-2")
DIFFERENT = {  # the documented corrections: what nbgrader gives the reference, and what we do
    "noisy": (0.0, 2.0),
    "nan": (2.0, 0.0),
    "negative": (2.0, 0.0),
    "numpy": (2.0, 0.5),
}
pytestmark = pytest.mark.slow


def run(*command: str, cwd: Path) -> str:
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def nbgrader(command: str, *roots: Path) -> None:
    run(sys.executable, str(building.HERE / "nbgrader_runs.py"), command, *map(str, roots), cwd=roots[0])


@dataclass(frozen=True)
class Corpus:
    """Every course twice: graded by nbgrader, and by us after `graders adopt`."""

    theirs: dict[str, Path]
    ours: dict[str, Path]
    adoptions: dict[str, Adoption]
    addresses: Addresses

    def grade(self, works: list[Work]) -> Iterator[tuple[Work, SubmissionResult]]:
        for work in works:
            yield work, grade(work.job, self.addresses)

    def adopt_and_grade(self, name: str) -> None:
        course = load_course(self.ours[name])
        self.adoptions[name] = adopt(course, ["ps1"], self.grade)
        self.grade_course(course)

    def grade_course(self, course: Course) -> None:
        with Gradebook(course) as book:
            for _, result in self.grade(list(find_work(course, ["ps1"]))):
                book.write(result)


@pytest.fixture(scope="module")
def templates() -> Iterator[Addresses]:
    with Template((*KERNEL_MODULES, "numpy")) as kernels, Template(("graders.judge", "numpy")) as judges:
        yield Addresses(kernels.address, judges.address)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, templates: Addresses) -> Iterator[Corpus]:
    place = tmp_path_factory.mktemp("corpus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(tally.install(place / "jupyter")))
        yield _made(place, templates)


def _made(place: Path, templates: Addresses) -> Corpus:
    (place / "theirs").mkdir()
    run("nbgrader", "quickstart", "quickstart", cwd=place / "theirs")
    theirs = {name: building.make(name, place / "theirs" / name) for name in building.COURSES}
    theirs["quickstart"] = place / "theirs" / "quickstart"
    nbgrader("generate_assignment", *theirs.values())
    ours = {name: place / "ours" / name for name in theirs}
    for name, root in theirs.items():
        course = load_course(root)
        for student in STUDENTS:
            target = course.place("submitted", "ps1", student)
            building.hand_in(course.place("source", "ps1"), course.place("release", "ps1"), target, student)
            late = name == "late" and student.startswith("mixed")
            (target / "timestamp.txt").write_text(f"2030-01-0{3 if late else 1} 10:00:00 UTC")
        if name == "late":
            set_due(course)
        shutil.copytree(root, ours[name])
    made = Corpus(theirs, ours, {}, templates)
    with ThreadPoolExecutor(1) as pool:  # nbgrader is a process of its own
        nbgraders = pool.submit(nbgrader, "autograde", *theirs.values())
        for name in ours:
            made.adopt_and_grade(name)
        nbgraders.result()
    return made


def set_due(course: Course) -> None:
    path = course.database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE assignment SET duedate = '2030-01-02 00:00:00'")


def points(course: Course) -> dict[tuple[str, str, str], tuple[float | None, float]]:
    """What the gradebook has: by student, notebook and cell the automatic points and the most there are."""
    found = {}
    with Gradebook(course) as book:
        for student in STUDENTS:
            graded = book.read("ps1", student)
            found |= {(student, c.notebook, c.name): (c.auto, c.max_points) for c in graded.cells}
            found[student, "", "late penalty"] = (graded.late_penalty, graded.max_score)
    return found


@pytest.mark.parametrize("name", ["quickstart", *building.COURSES])
def test_every_cell_gets_the_points_that_nbgrader_gives_it(corpus: Corpus, name: str) -> None:
    theirs, ours = (points(load_course(roots[name])) for roots in (corpus.theirs, corpus.ours))
    differ = {place for place in theirs.keys() | ours.keys() if theirs.get(place) != ours.get(place)}
    if name != "corrections":
        assert {place: (theirs.get(place), ours.get(place)) for place in differ} == {}
        return
    assert {cell for _, _, cell in differ} == set(DIFFERENT)
    for cell, (nbgraders, corrected) in DIFFERENT.items():
        place = ("reference", "corrections", cell)
        assert (theirs[place][0], ours[place][0]) == (nbgraders, corrected)


def test_each_correction_can_be_switched_off(corpus: Corpus, tmp_path: Path) -> None:
    root = Path(shutil.copytree(corpus.ours["corrections"], tmp_path / "exact"))
    decided = read_adopted(root)
    (root / NAME).write_text(text_of(Adopted(Exact(stderr=True, numbers=True), decided.decisions)))
    corpus.grade_course(load_course(root))
    assert points(load_course(root)) == points(load_course(corpus.theirs["corrections"]))


def test_nine_of_ten_cells_run_split(corpus: Corpus) -> None:
    cells = [cell for adoption in corpus.adoptions.values() for cell in adoption.cells]
    split = [cell for cell in cells if cell.stronger]
    for cell in cells:
        if not cell.stronger:
            print(f"inline: {' / '.join(cell.place)}: {cell.decision.why}")
    print(f"{len(split)} of {len(cells)} cells of tests run split: {len(split) / len(cells):.0%}")
    assert len(split) >= 0.9 * len(cells)


def test_the_hand_ins_differ_so_that_the_comparison_means_something(corpus: Corpus) -> None:
    for name, root in corpus.theirs.items():
        found = points(load_course(root))
        by_student = {s: sum(p or 0 for (who, _, cell), (p, _) in found.items() if who == s) for s in STUDENTS}
        assert by_student["reference"] > by_student["release"], name


# -- there and back ---------------------------------------------------------------------------------


def test_nbgrader_goes_on_with_what_we_wrote(corpus: Corpus) -> None:
    root = corpus.ours["several"]
    with sqlite3.connect(root / "gradebook.db") as database:
        database.execute("UPDATE grade SET manual_score = 1.5 WHERE auto_score IS NULL")
    nbgrader("round_trip", root)
    page = (root / "feedback" / "reference" / "ps1" / "one.html").read_text()
    assert "middle" in page
    assert "reference" in (root / "grades.csv").read_text()
    collected = root / "submitted" / "zipped" / "ps1" / "one.ipynb"
    assert json.loads(collected.read_text())["cells"]
    before = points(load_course(root))
    corpus.grade_course(load_course(root))
    after = points(load_course(root))
    assert before == after
    with Gradebook(load_course(root)) as book:
        assert {c.manual for c in book.read("ps1", "reference").cells if c.auto is None} == {1.5}
