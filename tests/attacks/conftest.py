"""The victim, its templates and its workers; made once for all attacks, and gone after the last of them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

# Workers import the harness by its name, so it has to be on the path of all processes of the suite.
sys.path.insert(0, str(Path(__file__).parent))

import attack_harness as harness

from graders.batch.templates import judge_template
from graders.course import Limits
from graders.grading import Addresses
from graders.notebooks.bundle import load_bundle
from graders.sandbox import launch
from graders.sandbox.containers import Plan
from graders.sandbox.launch import KERNEL_MODULES, Template
from graders.sandbox.launch_pool import ContainerPool
from graders.sandbox.limits import WallLimits


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


class Pools:
    """Pools of containers by their limits; beside the usual one only the newest goes on."""

    def __init__(self) -> None:
        image = "graders-test-empty"
        base = Path(__file__).resolve().parents[2] / "deploy/containers/base.sh"
        subprocess.run(["sh", str(base), "--empty", image], check=True, timeout=60)
        self._plan = Plan(image, host_python=True, modules=("numpy", "pandas"), ahead=2)
        self._usual = WallLimits.taken_from(Limits(**harness.LIMITS))
        self._running: dict[WallLimits, ContainerPool] = {}

    def __call__(self, limits: Limits) -> str:
        wanted = WallLimits.taken_from(limits)
        if wanted not in self._running:
            for other in [known for known in self._running if known != self._usual]:
                self._running.pop(other).close()
            ahead = 2 if wanted == self._usual else 1
            self._running[wanted] = ContainerPool(replace(self._plan, limits=wanted, ahead=ahead))
        return self._running[wanted].address

    def close(self) -> None:
        for pool in self._running.values():
            pool.close()


@pytest.fixture(scope="package")
def pools() -> Iterator[Pools | None]:
    """Containers, if GRADERS_WALL=container asks for the whole suite in them; it takes an hour then."""
    if os.environ.get("GRADERS_WALL") != "container":
        yield None
        return
    made = Pools()
    yield made
    made.close()


@pytest.fixture(scope="package")
def victim(temporary: Path, pools: Pools | None) -> Iterator[harness.Victim]:
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
        made = harness.Victim(course, addresses, tuple(pids), temporary, workers, pools)
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
