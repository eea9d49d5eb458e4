"""Grade classes on real clusters of this machine, and compare with what this machine says without them.

Run as ``python -m bench.clusters [class] [speed] [slurm] [--write FILE]``: what is not named is left out, all
if nothing is. The machine should be idle: `speed` compares times.

- class: two hundred on three Dask workers, one killed and one stopped for a while; everybody once, as here.
- speed: the same CPU-bound class on one worker and on two.
- slurm: the demo's class of 24 on workers that a Slurm of one node starts; as here.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench import courses
from bench.containers import verdicts
from graders import demo
from graders.batch.autograde import autograde
from graders.batch.engine import run_all
from graders.batch.engines import Clustered, Engine
from graders.batch.ledger import Ledger
from graders.batch.work import Work, find_work
from graders.course import Cluster, Course, load_course
from graders.results import SubmissionResult
from tests.batch.clusters import Machines, facts

ROOT = Path(__file__).resolve().parent.parent
CLASS = 200
WRONG = "def total(values):\n    return 3.0\n"
BROKEN = "def total(values):\n    raise OSError('no')\n"
BUSY = """# %% [markdown]
# # 1. A chapter that takes a while
#
# %% given="setup"
import numpy as np

# %% answer="total"
def total(values):
    ### BEGIN SOLUTION
    return float(np.sum(values))
    ### END SOLUTION

# %% given="busy"
def spin(rounds):
    while rounds:
        rounds -= 1

spin(40_000_000)

# %% checks="total_test" points=2
assert total([1, 2]) == 3.0
"""


def _course(folder: Path, size: int, text: str = "") -> Course:
    return load_course(courses.make(folder, "scikit-learn", size, ROOT, text))


def _works(course: Course) -> list[Work]:
    return list(find_work(course, [courses.CHAPTER]))


def _facts(results: Iterable[SubmissionResult]) -> list[Any]:
    return sorted(map(facts, results), key=lambda fact: fact[:2])


def _mix(course: Course, size: int) -> None:
    """Give a third of the class wrong or broken answers."""
    for number in range(0, size, 3):
        folder = course.root / "submitted" / f"student{number:05d}"
        shutil.rmtree(folder)
        answers = {"fit": "def fit(X, y): return LogisticRegression().fit(X, y)"}
        answers["total"] = WRONG if number % 2 else BROKEN
        courses.hand_in(course.root, folder.name, answers)


def the_class(folder: Path) -> dict[str, Any]:
    """Grade two hundred while workers die and stop; return what came of it."""
    course = _course(folder / "course", CLASS)
    _mix(course, CLASS)
    here = _facts(result for _, result in run_all(_works(course), 2))
    machines = Machines(folder)
    machines.add(3)
    seen: list[Work] = []

    def disturb(engine: Engine) -> Engine:
        def grade(works: Iterable[Work], started: Callable[[Work], None], **more: Any) -> Any:
            def noted(work: Work) -> None:
                started(work)
                seen.append(work)
                if len(seen) == CLASS // 3:
                    os.killpg(machines.workers[0].pid, signal.SIGKILL)
                if len(seen) == CLASS // 2:
                    os.kill(machines.workers[1].pid, signal.SIGSTOP)
                    threading.Timer(10.0, os.kill, (machines.workers[1].pid, signal.SIGCONT)).start()

            return engine(works, noted, **more)

        return grade

    try:
        began = time.monotonic()
        summary = autograde(course, [courses.CHAPTER], engine=disturb(machines.engine()))
        took = time.monotonic() - began
    finally:
        machines.close()
    return {
        "submissions": CLASS,
        "seconds": round(took, 1),
        "started": len(seen),
        "as here": _facts(summary.graded) == here,
        "in the ledger": _runs(course),
        "problems": summary.problems,
    }


def _runs(course: Course) -> dict[str, int]:
    """Return how many students have a result in the ledger, and how many results there are."""
    ledger = Ledger.of(course)
    students = ledger.students(courses.CHAPTER)
    results = [entry for student in students for entry in ledger.history(courses.CHAPTER, student)]
    ledger.close()
    return {"students": len(students), "results": len(results)}


def speed(folder: Path, size: int = 24) -> dict[str, Any]:
    """Grade a CPU-bound class on one worker and on two; return seconds and their ratio."""
    course = _course(folder / "course", size, BUSY)
    took = {}
    for workers in (1, 2):
        place = folder / str(workers)
        place.mkdir()
        machines = Machines(place)
        try:
            machines.add(workers)
            list(machines.engine()(_works(course)[:workers], lambda work: None, meanwhile=lambda: None))  # warm
            began = time.monotonic()
            list(machines.engine()(_works(course), lambda work: None, meanwhile=lambda: None))
            took[workers] = time.monotonic() - began
        finally:
            machines.close()
    return {"submissions": size, "seconds": took, "ratio": round(took[1] / took[2], 2)}


def slurm(folder: Path) -> dict[str, Any]:
    """Grade the demo's class on workers that Slurm starts; return whether it is as here."""
    course = demo.make_class(load_course(ROOT), folder)
    works = list(find_work(course, sorted({student.chapter for student in demo.CLASS})))
    here = {result.student: verdicts(result) for _, result in run_all(works, 2)}
    place = Path(tempfile.mkdtemp(prefix="slurm-"))
    command = ["sh", str(ROOT / "deploy" / "slurm" / "one_node.sh"), str(place)]
    node = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if node.stdout is None or node.stdout.readline() != "ready\n":
            raise SystemExit("Slurm did not start.")
        os.environ["SLURM_CONF"] = str(place / "slurm.conf")
        options = {"cores": 1, "memory": "8GB", "scheduler_options": {"host": "127.0.0.1"}}
        engine = Clustered(Cluster(kind="slurm", workers=2, options=options))
        began = time.monotonic()
        results = [result for _, result in engine(works, lambda work: None, meanwhile=lambda: None)]
        took = time.monotonic() - began
        jobs = subprocess.run(
            ["squeue", "--noheader", "--format=%T"], capture_output=True, text=True, check=True
        )
    finally:
        node.terminate()
        node.wait()
        shutil.rmtree(place)
    there = {result.student: verdicts(result) for result in results}
    different = [name for name in sorted({*here, *there}) if here.get(name) != there.get(name)]
    left = [state for state in jobs.stdout.split() if state != "COMPLETING"]
    return {"submissions": len(results), "seconds": round(took, 1), "different": different, "jobs left": left}


PARTS = {"class": the_class, "speed": speed, "slurm": slurm}


def main() -> int:
    """Run the parts, print and write the figures; 1 if something is not as on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--write", type=Path, help="a JSON file for the figures")
    options = parser.parse_args()
    report = {}
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="bench-clusters-") as folder:
            report[name] = PARTS[name](Path(folder))
        print(json.dumps({name: report[name]}, indent=1), flush=True)
    if options.write:
        options.write.write_text(json.dumps(report, indent=1) + "\n")
    return int(any(map(_is_wrong, report.values())))


def _is_wrong(part: dict[str, Any]) -> bool:
    """Whether somebody's result is another one than here, or stands in the ledger not once."""
    ledger = set(part.get("in the ledger", {}).values())
    return bool(
        part.get("different") or part.get("problems") or not part.get("as here", True) or len(ledger) > 1
    )


if __name__ == "__main__":
    sys.exit(main())
