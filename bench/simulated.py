"""Many submissions whose grading is only simulated, through the real scheduler and the real ledger.

    python bench/simulated.py 10000

Prints one JSON object. Everything is as in ``graders autograde``, with templates, worker processes and a
ledger that survives a power cut, except that workers answer at once and no gradebook is written.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from bench import courses  # noqa: E402
from graders.batch.autograde import Hooks, _Run  # noqa: E402
from graders.batch.engine import run_all  # noqa: E402
from graders.batch.ledger import Ledger  # noqa: E402
from graders.batch.work import Work, find_work  # noqa: E402
from graders.course import load_course  # noqa: E402
from graders.job import Addresses, Job  # noqa: E402
from graders.results import from_json, to_json  # noqa: E402

JOBS = 2


class NoBook:
    """A gradebook that keeps nothing."""

    def write(self, result: object) -> None:
        """Do nothing."""


def answer(job: Job, addresses: Addresses) -> tuple[str, bool]:
    """Give, instead of grading, a result that an earlier real run left beside the submission."""
    result = from_json((Path(job.folder).parent.parent.parent / "result.json").read_text())
    return to_json(replace(result, student=job.student)), False


def many(work: Work, size: int) -> list[Work]:
    """Return works that differ in student and key only."""
    return [
        replace(work, job=replace(work.job, student=f"student{n:06d}"), key=f"{n:064d}") for n in range(size)
    ]


def main() -> None:
    size = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = courses.make(Path(scratch, "course"), "scikit-learn", 1, PROJECT)
        course = load_course(folder)
        (work,) = find_work(course, [courses.CHAPTER])
        ((_, result),) = run_all([work], 1)
        (folder / "result.json").write_text(to_json(result))
        print(json.dumps(measure(course, many(replace(work, profile="python", modules=()), size))))


def measure(course: object, works: list[Work]) -> dict[str, float]:
    """Run the works; return seconds per submission between the first result and the last."""
    ledger = Ledger.of(course)
    run = _Run(course, ledger, Hooks())
    run._counting = {courses.CHAPTER: {}}
    began = cpu = 0.0
    for number, (work, result) in enumerate(run_all(works, JOBS, task=answer)):
        if number == 0:
            began, cpu = time.monotonic(), time.process_time()
        run._take_new(work, result, NoBook)
    wall, cpu, size = time.monotonic() - began, time.process_time() - cpu, len(works)
    kept = sum(1 for work in works[:: max(1, size // 100)] if ledger.find(work.key))
    assert kept == len(works[:: max(1, size // 100)])
    ledger.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"size": size, "wall": wall / (size - 1), "cpu": cpu / (size - 1), "peak_mb": peak}


if __name__ == "__main__":
    main()
