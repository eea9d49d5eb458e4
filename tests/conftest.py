"""What many tests share: warm templates, a course small enough to grade in a second, hand-ins for it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graders.course import Course, Limits, load_course
from graders.grading import Addresses, Job
from graders.notebooks import source
from graders.notebooks.bundle import Bundle, load_bundle
from graders.notebooks.kernels import Program
from graders.notebooks.roles import role_of, split_hidden, strip_solution
from graders.notebooks.run import Code, Run, Session
from graders.results import Role, SubmissionResult
from graders.sandbox.launch import KERNEL_MODULES, Template
from graders.sandbox.system import die_with_parent

# The workers of pytest-xdist are born with the size of a terminal that readline makes up: tests have none.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)

CONFIG = """\
from graders.course import Chapter, Course, Limits

course = Course(
    id="tiny",
    profile="tiny",
    profiles={"tiny": ("numpy",)},
    limits=Limits(cell_seconds=3, call_seconds=2, submission_seconds=60, memory_mb=512, notebook_mb=2),
)
"""

NUMBERS = """\
# %% [markdown]
# # 1. Numbers

# %% given="data"
import numpy as np

from graders import check

X = np.arange(6.0)

# %% [markdown]
# ## Exercise 1. The mean

# %% answer="mean"
def mean(values):
    ### BEGIN SOLUTION
    if len(values) == 0:
        raise ValueError("no values")
    return values.sum() / len(values)
    ### END SOLUTION


# %% checks="mean_test" points=4
check.close("mean gives the mean", mean(X), 2.5)
### BEGIN HIDDEN TESTS
check.close("mean works with other values", mean(np.array([1.0, 3.0, 11.0])), 5.0)
check.close("mean works with one value", mean(np.array([7.0])), 7.0)
nothing = np.array([])
check.raises("mean refuses no values", ValueError, mean, args=(nothing,), hint="Look at its length.", weight=2)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2. Squares

# %% answer="squares"
def squares(n):
    ### BEGIN SOLUTION
    return [i**2 for i in range(1, n + 1)]
    ### END SOLUTION


# %% checks="squares_test" points=3
assert squares(3) == [1, 4, 9]
### BEGIN HIDDEN TESTS
assert squares(0) == []
### END HIDDEN TESTS

# %% given="totals"
total = sum(squares(4))

# %% checks="total_test" points=1
check.equal("the total of four squares is 30", total, 30)

# %% [markdown] essay="why" points=2
# ### BEGIN SOLUTION
# Because each value counts the same.
# ### END SOLUTION
"""

SPEED = '''\
# %% [markdown]
# # 2. Speed

# %% given="load"
import numpy as np

from graders import check

table = np.loadtxt("data.csv", delimiter=",")

# %% answer="pairs"
def pairs(values):
    """Count the pairs of equal values."""
    ### BEGIN SOLUTION
    counts = np.unique(values, return_counts=True)[1]
    for _ in range(20):
        counts = np.sort(np.unique(values, return_counts=True)[1])
    return int((counts * (counts - 1) // 2).sum())
    ### END SOLUTION


# %% checks="pairs_test" points=2
check.equal("pairs counts the pairs of the table", pairs(table), 2)

# %% checks="pairs_speed" points=2
### BEGIN HIDDEN TESTS
check.faster(
    "pairs is fast",
    pairs,
    inputs=lambda seed: (np.random.default_rng(seed).integers(0, 500, 60_000),),
    times=4.0,
    repeats=3,
    agrees=lambda found, expected: found == expected,
    hint="Sort the values once.",
)
### END HIDDEN TESTS
'''

FIRST, SECOND = "ch01_numbers", "ch02_speed"


@dataclass(frozen=True)
class Ran:
    """What cells did in a walled kernel: one run per cell, and how the kernel ended."""

    runs: list[Run]
    session: Session

    @property
    def outcomes(self) -> list[str]:
        """The outcome of each cell."""
        return [run.outcome.value for run in self.runs]

    def printed(self, number: int = -1) -> str:
        """What a cell wrote to its standard output."""
        outputs = self.runs[number].outputs
        return "".join(o["text"] for o in outputs if o.get("name") == "stdout")

    @property
    def data(self) -> Any:
        """What the last cell printed as JSON."""
        assert self.outcomes[-1] == "passed", self.runs[-1]
        return json.loads(self.printed())


@dataclass(frozen=True)
class Tiny:
    """A course of two small chapters, and the ways to hand something in and grade it."""

    course: Course
    addresses: Addresses | None = None
    first: str = FIRST
    second: str = SECOND

    def folder(self, student: str, chapter: str = FIRST) -> Path:
        """The folder of a submission; it is made if it is missing."""
        folder = self.course.folder("submitted") / student / chapter
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def notebook(
        self, answers: dict[str, str] | None = None, *, chapter: str = FIRST, base: str = "reference"
    ) -> dict[str, Any]:
        """A released notebook with answers filled in: those named, the rest from the reference or blank."""
        path = self.course.folder("source") / chapter / f"{chapter}.ipynb"
        content: dict[str, Any] = json.loads(path.read_text())
        for cell in content["cells"]:
            text = "".join(cell["source"])
            if role_of(cell) is Role.CHECKS:
                text = split_hidden(text)[0]
            elif role_of(cell) in (Role.ANSWER, Role.ESSAY) and base == "blank":
                text = strip_solution(text, cell["cell_type"])
            cell["source"] = (answers or {}).get(cell["id"], text)
        return content

    def hand_in(
        self,
        student: str,
        answers: dict[str, str] | None = None,
        *,
        chapter: str = FIRST,
        base: str = "reference",
        edit: Callable[[dict[str, Any]], object] | None = None,
    ) -> Path:
        """Write a submission; ``edit`` may change the notebook's JSON first. Returns the notebook."""
        content = self.notebook(answers, chapter=chapter, base=base)
        if edit is not None:
            edit(content)
        path = self.folder(student, chapter) / f"{chapter}.ipynb"
        path.write_text(json.dumps(content))
        return path

    def bundle(self, chapter: str = FIRST) -> Bundle:
        """The chapter as the grader reads it."""
        return load_bundle(self.course, chapter)

    def job(self, student: str, chapter: str = FIRST, **limits: float) -> Job:
        """The job of grading a submission, with some limits changed."""
        return Job(
            course=self.course.id,
            bundle=self.bundle(chapter),
            student=student,
            folder=str(self.folder(student, chapter)),
            limits=Limits(**{**self.course.limits.model_dump(), **limits}),
            secret=b"secret of the tests",
        )

    def grade(self, student: str, chapter: str = FIRST, **limits: float) -> SubmissionResult:
        """Grade a submission in this process."""
        from graders.grading import grade

        assert self.addresses is not None
        return grade(self.job(student, chapter, **limits), self.addresses)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Two cores, several processes: more threads only get into each other's way."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    yield
    if before is None:
        del os.environ["OMP_NUM_THREADS"]


@pytest.fixture(scope="session")
def kernels() -> Iterator[Template]:
    with Template((*KERNEL_MODULES, "numpy", "pandas")) as template:
        yield template


@pytest.fixture(scope="session")
def judges() -> Iterator[Template]:
    with Template(("graders.judge", "numpy", "pandas")) as template:
        yield template


@pytest.fixture(scope="session")
def tiny_master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course, built once; tests get copies."""
    root = tmp_path_factory.mktemp("tiny")
    (root / "course_config.py").write_text(CONFIG)
    (root / "source").mkdir()
    for name, text in ((FIRST, NUMBERS), (SECOND, SPEED)):
        (root / "source" / f"{name}.py").write_text(text)
        source.build(load_course(root), name)
    (root / "source" / SECOND / "data.csv").write_text("1,2,2,3\n3,4,5,6\n")
    return root


@pytest.fixture(scope="session")
def make_tiny(tiny_master: Path) -> Callable[[Path], Tiny]:
    """Copy the tiny course to a folder."""
    return lambda root: Tiny(load_course(Path(shutil.copytree(tiny_master, root))))


@pytest.fixture
def tiny_course(make_tiny: Callable[[Path], Tiny], tmp_path: Path) -> Tiny:
    """The tiny course, to read and hand in; no kernels."""
    return make_tiny(tmp_path / "course")


@pytest.fixture
def tiny(tiny_course: Tiny, kernels: Template, judges: Template) -> Tiny:
    """The tiny course with warm templates, ready to grade."""
    return Tiny(tiny_course.course, Addresses(kernels.address, judges.address))


@pytest.fixture
def run_cells(kernels: Template) -> Callable[..., Ran]:
    """Run cells in a walled kernel of their own; ``put`` names files for its folder, the rest are limits."""

    def run(
        *texts: str,
        wall: str = "namespaces",
        put: dict[str, str] | None = None,
        program: Program | None = None,
        **limits: float,
    ) -> Ran:
        async def go() -> Ran:
            wanted = Limits(**{"cell_seconds": 10, "memory_mb": 512, **limits})
            session = Session(kernels.address, wanted, wall=wall, files=put or {}, program=program)
            try:
                await session.start()
                codes = [Code(f"cell-{n}", f"cell {n}", text) for n, text in enumerate(texts)]
                runs = await session.run(codes)
                return Ran(list(runs.values()), session)
            finally:
                await session.close()

        return asyncio.run(go())

    return run


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """A PostgreSQL server of our own on a socket in this folder; it ends with the tests."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    initdb = str(programs[-1]) if programs else shutil.which("initdb")
    if initdb is None:
        told = "PostgreSQL is not installed: apt-get install postgresql"
        pytest.fail(told) if os.geteuid() == 0 else pytest.skip(told)
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # its name is short: those of sockets must be
    root = os.geteuid() == 0  # as whom PostgreSQL refuses to run
    user = {"user": "nobody", "group": "nogroup", "extra_groups": ()} if root else {}
    if root:
        shutil.chown(folder, "nobody", "nogroup")
    common: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, **user}
    made = [initdb, "-D", "data", "-U", "graders", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(made, check=True, **common)
    quick = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=50"]
    command = [str(Path(initdb).with_name("postgres")), "-D", "data", "-k", str(folder), *quick]
    with subprocess.Popen(command, preexec_fn=die_with_parent, **{**common, "stderr": None}) as server:
        try:
            _wait_for_server(folder, server)
            yield folder
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
            shutil.rmtree(folder)


def _wait_for_server(folder: Path, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    for _ in range(300):
        try:
            psycopg.connect(host=str(folder), user="graders", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            assert server.poll() is None, "the server ended"
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


@pytest.fixture
def postgres(postgres_server: Path) -> Iterator[Callable[[], str]]:
    """Make empty databases on a PostgreSQL server; each call returns the URL of another one."""
    import psycopg

    made: list[str] = []
    with psycopg.connect(
        host=str(postgres_server), user="graders", dbname="postgres", autocommit=True
    ) as server:

        def make() -> str:
            made.append(f"test{time.monotonic_ns()}")
            server.execute(f"CREATE DATABASE {made[-1]}")
            return f"postgresql+psycopg://graders@/{made[-1]}?host={postgres_server}"

        yield make
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
