"""Grade the demo's class of 24 on the namespaces wall and in containers: the same outcomes, and what it costs.

Run as ``python bench/containers.py [--jobs N] [--only ch04] [--write FILE]``; needs podman, and makes an
image of empty folders in which this machine's Python is mounted. Times mean something only on an idle machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from graders import demo  # noqa: E402
from graders.batch.engine import grade_safely, run_all  # noqa: E402
from graders.batch.work import find_work  # noqa: E402
from graders.containers import Container  # noqa: E402
from graders.course import Course, load_course  # noqa: E402
from graders.job import Addresses, Job  # noqa: E402
from graders.results import SubmissionResult  # noqa: E402
from graders.sandbox import provisioner  # noqa: E402

IMAGE = "graders-empty"
_WAITS = "GRADERS_BENCH_WAITS"


def timed_grade(job: Job, addresses: Addresses) -> tuple[str, bool]:
    """Grade in a worker, and write how long each kernel took to start into a file."""
    start = provisioner.start
    waits: list[float] = []

    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.monotonic()
        try:
            return start(*args, **kwargs)
        finally:
            waits.append(time.monotonic() - began)

    provisioner.start = timed
    try:
        return grade_safely(job, addresses)
    finally:
        provisioner.start = start
        Path(os.environ[_WAITS], f"{job.student}.json").write_text(json.dumps(waits))


def verdicts(result: SubmissionResult) -> list[Any]:
    """Return what is decided about a submission: every outcome and point, nothing measured."""
    cells = [cell for notebook in result.notebooks for cell in notebook.cells]
    return [result.outcome.value, *(_cell(cell) for cell in cells)]


def _cell(cell: Any) -> list[Any]:
    records = [[r.name, r.outcome.value, r.points] for r in cell.records]
    return [cell.cell_id, cell.outcome.value if cell.outcome else "", cell.points, records]


Graded = tuple[dict[str, SubmissionResult], dict[str, Any]]


def grade(course: Course, chapters: list[str], wanted: set[str], jobs: int) -> Graded:
    """Grade a class; return the results by student, and what it took."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[_WAITS] = folder
        began = time.monotonic()
        works = [work for work in find_work(course, chapters) if not wanted or work.job.student in wanted]
        results = {work.job.student: result for work, result in run_all(works, jobs, task=timed_grade)}
        took = time.monotonic() - began
        waits = [wait for path in sorted(Path(folder).iterdir()) for wait in json.loads(path.read_text())]
    figures = {
        "seconds": round(took, 1),
        "kernels": len(waits),
        "start_median": round(statistics.median(waits), 3),
        "start_most": round(max(waits), 3),
    }
    return results, figures


def differences(one: dict[str, SubmissionResult], other: dict[str, SubmissionResult]) -> Iterator[str]:
    """Yield where two gradings of a class differ."""
    for student in sorted({*one, *other}):
        pairs = zip(verdicts(one[student]), verdicts(other[student]), strict=True)
        yield from (f"{student}: {x} and {y} {other[student].staff}" for x, y in pairs if x != y)


def walls(course: Course) -> dict[str, Course]:
    """Return the course with either wall."""
    subprocess.run(["sh", str(ROOT / "deploy/containers/base.sh"), "--empty", IMAGE], check=True)
    container = Container(image=IMAGE, host_python=True)
    return {
        "namespaces": course,
        "container": course.model_copy(update={"wall": "container", "container": container}),
    }


def main() -> int:
    """Grade the class on both walls, print and write the figures; 1 if any outcome differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", default="", help="a chapter")
    parser.add_argument("--students", default="", help="some of the class, with commas between")
    parser.add_argument("--write", type=Path, help="a JSON file for the figures")
    options = parser.parse_args()
    course = demo.make_class(load_course(ROOT), Path(tempfile.mkdtemp(prefix="graders-demo-")))
    chapters = sorted({s.chapter for s in demo.CLASS if s.chapter.startswith(options.only)})
    wanted = set(filter(None, options.students.split(",")))
    found = {name: grade(made, chapters, wanted, options.jobs) for name, made in walls(course).items()}
    unequal = list(differences(found["namespaces"][0], found["container"][0]))
    figures = {name: took for name, (_, took) in found.items()}
    report = {"submissions": len(found["container"][0]), "jobs": options.jobs, **figures, "different": unequal}
    print(json.dumps(report, indent=1))
    if options.write:
        options.write.write_text(json.dumps(report, indent=1) + "\n")
    return int(bool(unequal))


if __name__ == "__main__":
    raise SystemExit(main())
