"""The attacks of ``tests/attacks`` against `nbgrader autograde` and against this grader, in one run.

    python bench/attacks.py [--only NAME ...] [--keep FILE] [--write]

Needs root, for the wall nbgrader runs behind. What was measured is kept in
``bench/attacks.json`` (or ``--keep``) and only what is missing there is run; ``--write`` puts the report into
``docs/security.md``.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "attacks")]

import attack_harness as harness  # noqa: E402

from bench import walled_nbgrader as walled  # noqa: E402
from bench.attack_report import reason_to_skip, report  # noqa: E402
from graders.batch.templates import judge_template  # noqa: E402
from graders.grading import Addresses  # noqa: E402
from graders.notebooks.bundle import load_bundle  # noqa: E402
from graders.sandbox.launch import KERNEL_MODULES, Template  # noqa: E402

SLOTS = 2
FIRST_USER = 64100
RESULTS, PAGE = PROJECT / "bench" / "attacks.json", PROJECT / "docs" / "security.md"
MARKERS = "<!-- attacks: begin -->", "<!-- attacks: end -->"
# Their tests look for properties of this grader's wall, so they say nothing about another one.
OWN_LOOK = ("read_environment", "read_descriptors")


# -- this grader ----------------------------------------------------------------------------------


@contextmanager
def victim(folder: Path) -> Iterator[harness.Victim]:
    """The victim as the tests have it, with templates and one worker."""
    (folder / "course").mkdir()
    course, pools = harness.build(folder / "course"), []

    def workers() -> ProcessPoolExecutor:
        if not pools or pools[-1]._broken or pools[-1]._pending_work_items:
            context = multiprocessing.get_context("spawn")
            pools.append(ProcessPoolExecutor(1, context, harness.set_up_worker, (str(folder),)))
        return pools[-1]

    with ExitStack() as stack:
        kernels = stack.enter_context(Template((*KERNEL_MODULES, "numpy", "pandas")))
        judges = {
            chapter: stack.enter_context(judge_template(load_bundle(course, chapter), kernels))
            for chapter in harness.CHAPTERS
        }
        addresses = {name: Addresses(kernels.address, judge.address) for name, judge in judges.items()}
        pids = (kernels.pid, *(judge.pid for judge in judges.values()))
        yield harness.Victim(course, addresses, pids, folder, workers)
        for process in [process for pool in pools for process in (pool._processes or {}).values()]:
            process.kill()  # one that hangs would keep us from ending


def grade_here(names: list[str], keep: Any) -> None:
    """Grade attacks with this grader, one after another."""
    folder, before = Path(tempfile.mkdtemp(prefix="attacks-")), tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        with victim(folder) as target:
            target.hand_in("neighbour", honest=True)
            assert target.grade("neighbour", harness.PATIENT).result.points == 12
            for name in names:
                keep(name, "here", _graded_here(target, name))
    finally:
        tempfile.tempdir = before
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def _graded_here(target: harness.Victim, name: str) -> dict[str, Any]:
    """What an attack gained here; not attempting anything gives nothing, as a test makes sure of."""
    case = harness.load_case(name)
    target.hand_in(name, case)
    before = target.traces()
    try:
        attack = target.grade(name, case.limits, chapter=case.chapter)
    except (TimeoutError, BrokenProcessPool) as error:
        outcome = f"no result: {type(error).__name__}"
        return {"gained": None, "outcome": outcome, "leaks": [], "active": [], "left": []}
    points = attack.result.points
    return {
        "gained": None if points is None else max(0.0, points - case.points),
        "outcome": attack.result.outcome.value,
        "leaks": harness.leaks(attack.json, attack.html),
        "active": harness.active_parts(attack.html),
        "left": target.left_behind(before),
        "seconds": attack.seconds,
    }


# -- nbgrader -------------------------------------------------------------------------------------


class Slots:
    """Places for walls: a mount point and a user each, one attack at a time."""

    def __init__(self, folder: Path) -> None:
        self.course = folder / "course"
        self._free = [(folder / f"wall{n}", FIRST_USER + n) for n in range(SLOTS)]
        self._lock = threading.Lock()
        for root, _ in self._free:
            root.mkdir()

    def run(self, name: str) -> dict[str, Any]:
        with self._lock:
            root, user = self._free.pop()
        try:
            return _judged(name, walled.run(name, self.course, root, user))
        finally:
            self._free.append((root, user))


def _judged(name: str, found: dict[str, Any]) -> dict[str, Any]:
    """What an attack gained with nbgrader, compared to the untouched release."""
    said, points = found["said"], found["said"].get("points", {})
    mine, blank = points.get(name, {}), points.get("nobody", {})
    gained = sum(max(0.0, score - blank[cell][0]) for cell, (score, _) in mine.items() if cell in blank)
    neighbour = sum(score for score, _ in points.get("neighbour", {}).values())
    return {
        "gained": gained,
        "over": any(score > most for score, most in mine.values()),
        "ended": _ended(found),
        "leaks": said.get("leaks", []),
        "active": said.get("page", []),
        "left": found["left"],
        "changed": bool(found["changed"]) or (bool(points) and neighbour != 12),
        "reached": _reached(name, said.get("printed", "")),
        "taken": found["taken"] + (["disk"] if said.get("disk") else []),
        "timeouts": said.get("timeouts", 0),
        "seconds": found["seconds"],
    }


def _ended(found: dict[str, Any]) -> str:
    """How `nbgrader autograde` ended; empty if it graded the submission."""
    if not found["said"]:
        return "nothing readable came back"
    if found["code"] == 137:
        return "never ended" if found["seconds"] > walled.WALL_SECONDS else "the grader was killed"
    if found["code"] == 0 and found["said"]["graded"]:
        return ""
    error = found["said"]["error"]
    return f"grading failed ({error})" if error else "grading failed"


@dataclass
class Printed:
    """As much of a graded submission as the attacks' own look at what they reached needs."""

    json: str

    def printed(self) -> str:
        return self.json

    def told(self) -> Any:
        return json.loads(self.json.rsplit("TRACE", 1)[1].splitlines()[0])


def _reached(name: str, printed: str) -> bool:
    """Whether the attack tells that it reached what its own test forbids."""
    if "TRACE" not in printed or not name.startswith(("near_", "read_")) or name in OWN_LOOK:
        return False
    try:
        harness.load_case(name).observe(Printed(printed))
    except AssertionError:
        return True
    except (AttributeError, TypeError, ValueError):
        pass
    return False


# -- both -----------------------------------------------------------------------------------------


class Kept:
    """What was measured, by attack and grader; written down after each."""

    def __init__(self, path: Path | None) -> None:
        self._path, self._lock = path, threading.Lock()
        self.results: dict[str, Any] = json.loads(path.read_text()) if path and path.exists() else {}

    def begin(self) -> None:
        """Count one more run that adds to what is kept."""
        runs = self.results.get("about", {}).get("runs", 0)
        today = datetime.now(UTC).date().isoformat()
        self.results["about"] = {"date": today, "runs": runs + 1, "version": version("nbgrader")}

    def missing(self, names: list[str], grader: str) -> list[str]:
        return [name for name in names if grader not in self.results.get(name, {})]

    def __call__(self, name: str, grader: str, result: Any) -> None:
        with self._lock:
            self.results.setdefault(name, {})[grader] = result
            print(f"{grader:9} {name}: {json.dumps(result)[:200]}", file=sys.stderr)
            if self._path:
                self._path.write_text(json.dumps(self.results, indent=1, sort_keys=True))


def measure(names: list[str], kept: Kept) -> None:
    """Run the attacks, never more than two at a time."""
    compared = [name for name in names if not reason_to_skip(name)]
    if not kept.missing(names, "here") + kept.missing(compared, "nbgrader"):
        return
    kept.begin()
    folder = Path(tempfile.mkdtemp(prefix="bench-attacks-"))
    try:
        walled.prepare(folder / "course")
        if "shown" not in kept.results.get("nobody", {}):
            kept("nobody", "shown", harness.WORD in walled.page(folder / "course", "nobody"))
        slots = Slots(folder)
        with ThreadPoolExecutor(SLOTS) as pool:
            jobs = []
            if todo := kept.missing(names, "here"):
                jobs.append(pool.submit(grade_here, todo, kept))
            for name in kept.missing(compared, "nbgrader"):
                jobs.append(pool.submit(lambda n: kept(n, "nbgrader", slots.run(n)), name))
            for job in jobs:
                job.result()
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def write(text: str) -> None:
    """Put the report between its markers in the page on security."""
    begin, end = MARKERS
    page = PAGE.read_text()
    before, after = page[: page.index(begin)], page[page.index(end) :]
    PAGE.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{after}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append")
    parser.add_argument("--keep", type=Path, default=RESULTS)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("The wall around nbgrader needs root: run this in a machine or container that may be lost.")
    kept, names = Kept(options.keep), options.only or harness.case_names()
    measure(names, kept)
    text = report(kept.results)
    print(text)
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
