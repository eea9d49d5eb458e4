"""This grader against `nbgrader autograde`, on the same classes, on the same machine, in one run.

    python bench/side_by_side.py [--quick] [--profile keras] [--write docs/performance.md]

Ratios are what counts: machines differ and are noisy, one run on one machine compares like with like.
``--quick`` takes tiny classes, to see whether it works; its figures mean nothing. ``--write`` also puts the
short table into README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from bench import courses, measure, performance_page  # noqa: E402
from bench.measure import Cost  # noqa: E402
from graders.batch.autograde import latest_results  # noqa: E402
from graders.batch.engine import cores  # noqa: E402
from graders.course import load_course  # noqa: E402
from graders.results import SubmissionResult  # noqa: E402

BIN = Path(sys.executable).parent
GRADERS = [str(BIN / "graders"), "autograde"]
NBGRADER = [str(BIN / "nbgrader"), "autograde", courses.CHAPTER]


@dataclass(frozen=True)
class Sizes:
    """How large the classes are; ``few`` is taken off to see what one more submission costs."""

    compared: dict[str, int]
    few: int
    growing: tuple[int, ...]
    simulated: tuple[int, ...]
    again: int


FULL = Sizes({"scikit-learn": 40, "keras": 20}, 2, (10, 100, 1000), (1000, 10_000), 100)
QUICK = Sizes({"scikit-learn": 2, "keras": 2}, 1, (2, 3), (50, 200), 3)


@dataclass(frozen=True)
class Tool:
    """What one program needed for a whole class, for the first few of it, and for one kernel."""

    whole: Cost
    few: Cost
    private_mb: list[float]


@dataclass(frozen=True)
class Comparison:
    """Both programs on the same class, and nbgrader once more with one thread per library."""

    profile: str
    size: int
    few: int
    nbgrader: Tool
    one_thread: Cost
    graders: Tool
    results: list[SubmissionResult]


def main() -> None:
    """Measure, print the page, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--profile", action="append", choices=list(courses.TEXTS))
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    os.environ["PATH"] = f"{BIN}:{os.environ['PATH']}"
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.pop(name, None)  # both as they come
    sizes = QUICK if options.quick else FULL
    compared = [compare(p, sizes.compared[p], sizes.few) for p in options.profile or courses.TEXTS]
    growing, again = grow(sizes)
    simulated = [simulate(size) for size in sizes.simulated]
    found = performance_page.Found(compared, growing, (sizes.again, again), simulated, options.quick)
    print(performance_page.page(found))
    if options.write:
        performance_page.write(found, options.write, PROJECT / "README.md")


def compare(profile: str, size: int, few: int) -> Comparison:
    """Grade the same class with both; the first few are at least as many as start worker processes."""
    few = min(max(few, cores()), size // 2)
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        nbgrader = _tool(NBGRADER, folder, profile, size, few)
        say(f"{profile}: nbgrader with one thread")
        one_thread = measure.run(NBGRADER, _course(folder, profile, size), OMP_NUM_THREADS="1")
        graders = _tool(GRADERS, folder, profile, size, few)
        results = latest_results(load_course(folder / f"course{size}"), [courses.CHAPTER])
        assert len(results) == size and all(r.points == r.max_points for r in results)
        return Comparison(profile, size, few, nbgrader, one_thread, graders, results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tool(command: list[str], folder: Path, profile: str, size: int, few: int) -> Tool:
    say(f"{profile}: {Path(command[0]).name}")
    private = measure.private_mb(command, _course(folder, profile, few))
    first = measure.run(command, _course(folder, profile, few))
    return Tool(measure.run(command, _course(folder, profile, size)), first, private)


def _course(folder: Path, profile: str, size: int) -> Path:
    """Make a course in which nothing was graded yet."""
    place = folder / f"course{size}"
    shutil.rmtree(place, ignore_errors=True)
    return courses.make(place, profile, size, PROJECT)


def grow(sizes: Sizes) -> tuple[list[tuple[int, Cost]], Cost]:
    """Grade classes of growing size, and one of them again with nothing changed."""
    found, again = [], None
    for size in sizes.growing:
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        try:
            say(f"a class of {size}")
            place = _course(folder, "scikit-learn", size)
            found.append((size, measure.run(GRADERS, place)))
            again = measure.run(GRADERS, place) if size == sizes.again else again
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    assert again is not None
    return found, again


def simulate(size: int) -> dict[str, float]:
    """Run simulated submissions in a fresh process; see ``bench/simulated.py``."""
    say(f"{size} simulated")
    command = [sys.executable, str(PROJECT / "bench" / "simulated.py"), str(size)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr[-3000:])
        done.check_returncode()
    return json.loads(done.stdout)


def say(what: str) -> None:
    """Tell how far it is."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
