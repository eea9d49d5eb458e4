"""Timing verdicts on a machine that has far too much to do: how many are right, wrong, or not given.

    python bench/timing_under_load.py [--gradings 200] [--busy 6] [--jobs 2] [--add]

Starts busy processes, three per core if nothing is said: half of them only count, half copy memory all the
time. With ``--busy 0`` start as much other work yourself, such as ``graders verify --jobs 6``: how many
processes want a core is counted every second in any case. Meanwhile two solutions of a small chapter are
graded, each as often as ``--gradings`` says, by the real engine behind the real walls: the reference, which
should pass its ``check.faster``, ``check.within`` and the budget of a cell, and one that takes three times as
long as each of them allows, which should fail all three.
Writes bench/timing_under_load.json; ``--add`` adds to what is there. The exit code is 1 unless no verdict is
wrong and at most 2% are ungradable.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from bench import courses  # noqa: E402
from bench.performance_page import machine  # noqa: E402
from graders.batch.engine import run_all  # noqa: E402
from graders.batch.work import find_work  # noqa: E402
from graders.course import load_course  # noqa: E402
from graders.files import replace_file  # noqa: E402
from graders.quality.statistics import upper_bound  # noqa: E402
from graders.results import Outcome, Record, SubmissionResult  # noqa: E402
from graders.sandbox.system import die_with_parent  # noqa: E402

FILE = PROJECT / "bench" / "timing_under_load.json"
MOST_UNGRADABLE = 0.02

# Sizes so that the reference takes somewhat more than the floors below which times are not told apart.
CHAPTER = """# %% [markdown]
# # 1. Times
#
# %% given="setup"
from collections import Counter
from random import Random

from graders import check


def cubes(n):
    total = 0
    for i in range(n):
        total += i * i * i % 7
    return total

# %% [markdown]
# ## Exercise 1
#
# %% answer="powers"
def powers(n):
    ### BEGIN SOLUTION
    return cubes(n)
    ### END SOLUTION

# %% checks="powers_test" points=2
check.equal("powers adds up", powers(3), 2)
### BEGIN HIDDEN TESTS
check.faster("powers is fast", powers, inputs=lambda seed: (400_000 + seed % 1000,), times=2, repeats=3)
### END HIDDEN TESTS

# %% answer="repeated"
def repeated(values):
    ### BEGIN SOLUTION
    counts = Counter(values)
    return sum(counts[value] > 1 for value in values)
    ### END SOLUTION

# %% checks="repeated_test" points=2
check.equal("repeated counts", repeated([1, 2, 1]), 2)
### BEGIN HIDDEN TESTS
def plain(values):
    return sum(values.count(value) > 1 for value in values)


def draw(seed):
    return ([Random(seed + n).randrange(10**6) for n in range(2000)],)


check.within("repeated beats the plain way", repeated, baseline=plain, times=0.5, inputs=draw, repeats=3)
### END HIDDEN TESTS

# %% answer="table" budget=2
table = None
### BEGIN SOLUTION
table = [cubes(450_000 + n) for n in range(4)]
### END SOLUTION

# %% checks="table_test" points=2
check.equal("The table has four rows", len(table), 4)
### BEGIN HIDDEN TESTS
check.equal("The table is right", table[0], cubes(450_000))
### END HIDDEN TESTS
"""

# Three times what is allowed: 6 times the reference, 1.5 times the plain way, 6 times the reference's cell.
SLOW = {
    "powers": "def powers(n):\n    return [cubes(n) for _ in range(6)][0]",
    "repeated": "def repeated(values):\n    half = values[: len(values) // 2]\n"
    "    [values.count(value) for value in half]\n    return sum(values.count(value) > 1 for value in values)",
    "table": "table = [[cubes(450_000 + n) for _ in range(6)][0] for n in range(4)]",
}
FAST = {
    "powers": "def powers(n):\n    return cubes(n)",
    "repeated": "def repeated(values):\n    counts = Counter(values)\n"
    "    return sum(counts[value] > 1 for value in values)",
    "table": "table = [cubes(450_000 + n) for n in range(4)]",
}
SOLUTIONS = {"reference": FAST, "too_slow": SLOW}
WANTED = {"reference": Outcome.PASSED, "too_slow": Outcome.FAILED}
VERDICTS = {
    "faster": "powers is fast",
    "within": "repeated beats the plain way",
    "budget": "The cell `table` stays within its time",
}
NAMES = {
    "reference": "the reference",
    "too_slow": "three times too slow",
    "faster": "`check.faster`",
    "within": "`check.within`",
    "budget": "budget of a cell",
}
ENDINGS = ("right", "wrong", "ungradable")
# By solution and kind of verdict: how many ended how, and the range of measured ratios over their limits.
Counts = dict[str, dict[str, dict[str, float]]]

BUSY = ("while True: pass", "block = bytearray(1 << 25)\nwhile True: block = block[:]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gradings", type=int, default=200, help="of each of the two solutions")
    cores = len(os.sched_getaffinity(0))
    parser.add_argument("--busy", type=int, default=3 * cores, help="busy processes")
    parser.add_argument("--jobs", type=int, default=cores, help="gradings at a time")
    parser.add_argument("--add", action="store_true", help="add to the figures of earlier runs")
    chosen = parser.parse_args()
    page = json.loads(FILE.read_text()) if chosen.add and FILE.exists() else blank()
    page |= {"gradings_at_a_time": chosen.jobs}
    page["measured"] = {"day": date.today().isoformat(), "machine": machine()}
    measure(page, chosen.gradings, chosen.busy, chosen.jobs)
    print(text(page))
    print(f"The promise {'holds' if holds(page['all']) else 'DOES NOT HOLD'}.")
    sys.exit(0 if holds(page["all"]) else 1)


def blank() -> dict:
    return {"gradings": 0, "seconds": 0, "running": {}, "verdicts": nothing(), "all": {}}


def nothing() -> Counts:
    fresh = {**dict.fromkeys(ENDINGS, 0), "lowest": 1e9, "highest": 0.0}
    return {solution: {kind: dict(fresh) for kind in VERDICTS} for solution in SOLUTIONS}


def measure(page: dict, gradings: int, busy: int, jobs: int) -> None:
    """Grade both solutions so often while others keep the machine busy; what is done is written at once."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = courses.make(Path(scratch, "course"), "python", 0, PROJECT, CHAPTER)
        for number in range(gradings):
            for solution, answers in SOLUTIONS.items():
                courses.hand_in(folder, f"s{number:05d}-{solution}", answers)
        works = list(find_work(load_course(folder), [courses.CHAPTER]))
        began = time.monotonic() - page["seconds"]
        with processes(busy), counted(page["running"]):
            for work, result in run_all(works, jobs):
                solution = work.job.student.split("-")[1]
                for kind, count in page["verdicts"][solution].items():
                    note(count, result, kind, solution)
                page |= {"gradings": page["gradings"] + 1, "seconds": round(time.monotonic() - began)}
                page["all"] = summary(page["verdicts"])
                replace_file(FILE, json.dumps(page, indent=1) + "\n")


def note(count: dict[str, float], result: SubmissionResult, kind: str, solution: str) -> None:
    """Count a verdict; what is not right is printed."""
    found = [r for n in result.notebooks for c in n.cells for r in c.records if r.asked == VERDICTS[kind]]
    how = ending(found, solution)
    count[how] += 1
    if how != "right":
        print(f"{how}: {solution} {kind}: {found or result.staff}", flush=True)
    for record in found:
        if "ratio" in record.metrics:
            part = float(f"{record.metrics['ratio'] / record.metrics['limit']:.3g}")
            count["lowest"], count["highest"] = min(count["lowest"], part), max(count["highest"], part)


@contextmanager
def processes(number: int) -> Iterator[None]:
    """Keep processes busy."""
    command = [[sys.executable, "-c", BUSY[n % len(BUSY)]] for n in range(number)]
    started = [subprocess.Popen(words, preexec_fn=die_with_parent) for words in command]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


@contextmanager
def counted(running: dict[str, int]) -> Iterator[None]:
    """Count every second how many processes run or wait for a core; adds to counts by that number."""
    done = threading.Event()

    def count() -> None:
        while not done.wait(1.0):
            number = str(wanting())
            running[number] = running.get(number, 0) + 1

    thread = threading.Thread(target=count, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def wanting() -> int:
    """Return how many processes and threads run or wait for a core, besides this one (/proc/stat, proc(5))."""
    lines = Path("/proc/stat").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("procs_running")) - 1


def at_least(running: dict[str, int], share: float) -> int:
    """Return the number of processes that a share of the counts reach."""
    counts = sorted((int(number) for number, times in running.items() for _ in range(times)), reverse=True)
    return counts[math.ceil(share * len(counts)) - 1]


def ending(found: list[Record], solution: str) -> str:
    """Say what became of a verdict: right, wrong or ungradable."""
    if len(found) != 1 or found[0].outcome is Outcome.UNGRADABLE:
        return "ungradable"
    return "right" if found[0].outcome is WANTED[solution] else "wrong"


def summary(counts: Counts) -> dict[str, float]:
    """Return how many verdicts there are of each kind, and the largest rates they are compatible with (95%)."""
    endings = {
        e: sum(int(kind[e]) for solution in counts.values() for kind in solution.values()) for e in ENDINGS
    }
    n = sum(endings.values())
    bounds = {f"{e}_at_most": float(f"{upper_bound(endings[e], n):.2g}") for e in ("wrong", "ungradable")}
    return {"verdicts": n, **endings, **bounds}


def holds(found: dict[str, float]) -> bool:
    """Whether the promise holds: no wrong verdict, and at most so many that are none."""
    return found["wrong"] == 0 and found["ungradable"] <= MOST_UNGRADABLE * found["verdicts"]


def text(page: dict) -> str:
    """Return the figures as docs/quality.md tells them."""
    rows = [HEAD]
    for solution, kinds in page["verdicts"].items():
        for kind, found in kinds.items():
            figures = [*(str(found[e]) for e in ENDINGS), f"{found['lowest']:.2g} to {found['highest']:.2g}"]
            rows.append(f"| {' | '.join([NAMES[solution], NAMES[kind], *figures])} |")
    wrong, ungradable = (f"{100 * page['all'][f'{e}_at_most']:.2g}%" for e in ("wrong", "ungradable"))
    lines = [
        f"{page['gradings']} gradings, {page['gradings_at_a_time']} at a time beside other work, on",
        f"{page['measured']['machine']} ({page['measured']['day']}, {page['seconds'] / 60:.0f} minutes).",
        f"Counted every second, {at_least(page['running'], 0.5)} processes wanted a core in half of the",
        f"counts, and at least {at_least(page['running'], 0.95)} in 95% of them.",
        f"With 95% confidence at most {wrong} of such verdicts are wrong, and at most {ungradable} ungradable",
        "(Clopper and Pearson, one-sided).",
    ]
    return "\n".join([*rows, "", *lines])


HEAD = """| solution | verdict | right | wrong | ungradable | part of what is allowed |
|---|---|---:|---:|---:|---:|"""


if __name__ == "__main__":
    main()
