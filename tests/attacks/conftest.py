"""The victim, its templates and its workers; made once for all attacks, and gone after the last of them."""

from __future__ import annotations

import contextlib
import multiprocessing
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

# Workers import the harness by its name, so it has to be on the path of all processes of the suite.
sys.path.insert(0, str(Path(__file__).parent))

import attack_harness as harness

from graders.batch.templates import judge_template
from graders.grading import Addresses
from graders.notebooks.bundle import load_bundle
from graders.sandbox import launch
from graders.sandbox.launch import KERNEL_MODULES, Template


class Workers:
    """A pool of two workers, made anew when an attack broke it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pool: ProcessPoolExecutor | None = None

    def __call__(self) -> ProcessPoolExecutor:
        if self._pool is None or self._pool._broken:
            self._pool = ProcessPoolExecutor(
                2,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=harness.set_up_worker,
                initargs=(str(self._folder),),
            )
        return self._pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()


@pytest.fixture(scope="package")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for temporary files of the suite alone, to see what is left in it."""
    folder, before = tmp_path_factory.mktemp("attacks"), tempfile.tempdir
    tempfile.tempdir = str(folder)
    yield folder
    tempfile.tempdir = before
    # Some attacks nest folders deeper than Python can go.
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def _finding_off(modules: tuple[str, ...]) -> Template:
    """A template that finds the modules of ``off``."""
    known, off = launch.kernel_environment, str(Path(__file__).with_name("off"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "kernel_environment", lambda *args: {**known(*args), "PYTHONPATH": off})
        return Template(modules)


@pytest.fixture(scope="package")
def victim(temporary: Path) -> Iterator[harness.Victim]:
    (temporary / "course").mkdir()
    course = harness.build(temporary / "course")
    workers = Workers(temporary)
    with contextlib.ExitStack() as stack:
        kernels = stack.enter_context(_finding_off((*KERNEL_MODULES, "numpy", "pandas", "quick")))
        addresses, pids = {}, [kernels.pid]
        for chapter in harness.CHAPTERS:
            judges = stack.enter_context(judge_template(load_bundle(course, chapter), kernels))
            addresses[chapter] = Addresses(kernels.address, judges.address)
            pids.append(judges.pid)
        made = harness.Victim(course, addresses, tuple(pids), temporary, workers)
        made.hand_in("neighbour", honest=True)
        try:
            yield made
        finally:
            workers.close()


@pytest.fixture(scope="package")
def alone(victim: harness.Victim) -> harness.Graded:
    """The honest neighbour, graded while nobody else is."""
    return victim.grade("neighbour", harness.PATIENT)


@pytest.fixture(scope="package")
def blanks(victim: harness.Victim) -> dict[str, harness.Graded]:
    """What not attempting anything gives, by chapter."""
    for chapter in harness.CHAPTERS:
        victim.hand_in("nobody", chapter=chapter)
    return {chapter: victim.grade("nobody", chapter=chapter) for chapter in harness.CHAPTERS}


@pytest.fixture(scope="package")
def blank(blanks: dict[str, harness.Graded]) -> harness.Graded:
    """What not attempting anything gives in the first chapter."""
    return blanks[harness.NAME]
