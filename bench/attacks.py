"""The attacks of ``tests/attacks`` against `nbgrader autograde` and against this grader, in one run.

    python bench/attacks.py [--only NAME] [--keep results.json] [--write docs/attacks.md]

Needs root, for the wall nbgrader runs behind. ``--keep`` stores what was measured and goes on from there.
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
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "attacks")]

import attack_harness as harness  # noqa: E402

from bench import walled_nbgrader as walled  # noqa: E402
from graders.grading import Addresses  # noqa: E402
from graders.sandbox.launch import KERNEL_MODULES, Template  # noqa: E402

SLOTS = 2
FIRST_USER = 64100
JUDGE_MODULES = ("graders.judge", "graders.bridge.frames", "numpy", "pandas")
BRIDGE = "aims at the protocol between judge and kernel, which nbgrader does not have"
SKIPPED = {
    "fake_bridge_ahead": BRIDGE,
    "fake_bridge_verdicts": BRIDGE,
    "fake_changed_argument_raw": BRIDGE,
    "fake_check_module": "aims at this grader's checks; the nbgrader course has plain asserts",
    "fake_shim": BRIDGE,
    "near_seccomp_listener": "aims at the filter of system calls, which nbgrader does not have",
    "near_sockets_with_descriptors": BRIDGE,
    "read_judge_socket": "aims at the template processes, which nbgrader does not have",
    "read_requests": BRIDGE,
    "read_secret": "aims at the secret of hidden draws, which nbgrader does not have",
    "res_colliding_keys": BRIDGE,
    "res_headers": BRIDGE,
    "time_drip": BRIDGE,
    "time_never_ending_callbacks": BRIDGE,
}
# Their tests look for properties of this grader's wall, so they say nothing about another one.
OWN_LOOK = ("read_environment", "read_descriptors")
FAMILIES = {
    "fake": "Faking points",
    "read": "Reading what is hidden",
    "near": "Reaching the machine and the neighbours",
    "files": "Hostile notebooks and files",
    "res": "Using up the machine",
    "time": "Never ending",
}


# -- this grader ----------------------------------------------------------------------------------


@contextmanager
def victim(folder: Path) -> Iterator[harness.Victim]:
    """The victim as the tests have it, with templates and one worker."""
    (folder / "course").mkdir()
    course, pools = harness.build(folder / "course"), []

    def workers() -> ProcessPoolExecutor:
        if not pools or pools[-1]._broken:
            context = multiprocessing.get_context("spawn")
            pools.append(ProcessPoolExecutor(1, context, harness.set_up_worker, (str(folder),)))
        return pools[-1]

    with Template((*KERNEL_MODULES, "numpy", "pandas")) as kernels, Template(JUDGE_MODULES) as judges:
        addresses = Addresses(kernels.address, judges.address)
        yield harness.Victim(course, addresses, (kernels.pid, judges.pid), folder, workers)
        for pool in pools:
            pool.shutdown()


def grade_here(names: list[str], keep: Any) -> None:
    """Grade attacks with this grader, one after another."""
    folder, before = Path(tempfile.mkdtemp(prefix="attacks-")), tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        with victim(folder) as target:
            target.hand_in("neighbour", honest=True)
            target.hand_in("nobody")
            assert target.grade("neighbour", harness.PATIENT).result.points == 12
            blank = target.grade("nobody", harness.PATIENT)
            for name in names:
                keep(name, "here", _graded_here(target, name, blank.result.points or 0))
    finally:
        tempfile.tempdir = before
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def _graded_here(target: harness.Victim, name: str, blank: float) -> dict[str, Any]:
    case = harness.load_case(name)
    target.hand_in(name, case)
    before = target.traces()
    attack = target.grade(name, case.limits)
    points = attack.result.points
    return {
        "gained": None if points is None else max(0.0, points - blank),
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
    return f"grading failed ({found['said']['error'] or 'no notebook'})"


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
            for name in kept.missing([n for n in names if n not in SKIPPED], "nbgrader"):
                jobs.append(pool.submit(lambda n: kept(n, "nbgrader", slots.run(n)), name))
            for job in jobs:
                job.result()
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)


# -- the report -----------------------------------------------------------------------------------


def _there(found: dict[str, Any]) -> str:
    """What nbgrader did, in a few words; empty if the attack had no effect."""
    parts = []
    if found["gained"]:
        over = ", over the maximum" if found["over"] else ""
        parts.append(f"**gave {found['gained']:g} of 12 points{over}**")
    parts += ["**hidden text or data shown**"] if found["leaks"] else []
    parts += ["reached what it was after"] if found["reached"] else []
    parts += ["changed files or points of others"] if found["changed"] else []
    parts += ["scripts run on the feedback page"] if found["active"] else []
    parts += [f"**{found['ended']}**"] if found["ended"] else []
    parts += [f"took all {' and '.join(found['taken'])}"] if found["taken"] else []
    parts += [f"{found['left']} process{'es' * (found['left'] > 1)} left"] if found["left"] else []
    return "; ".join(parts)


def _here(found: dict[str, Any]) -> str:
    parts = ["**ungradable**" if found["gained"] is None else f"{found['gained']:g} points"]
    parts.append(found["outcome"].replace("_", " "))
    parts += ["**hidden text or data shown**"] if found["leaks"] else []
    parts += ["**active page**"] if found["active"] else []
    parts += [f"**left behind: {len(found['left'])}**"] if found["left"] else []
    return ", ".join(parts)


def report(results: dict[str, Any]) -> str:
    names = sorted(name for name in results if name != "nobody")
    compared = [name for name in names if "nbgrader" in results[name]]
    effective = [name for name in compared if _there(results[name]["nbgrader"])]
    lines = [*_head(results, names, compared, effective), ""]
    for family, title in FAMILIES.items():
        rows = _rows([n for n in effective if n.startswith(family)], results)
        lines += [f"## {title}", "", "| attack | nbgrader | here |", "|---|---|---|", *rows, ""]
    return "\n".join(lines + _rest(results, names, compared, effective))


def _rows(names: list[str], results: dict[str, Any]) -> list[str]:
    def order(name: str) -> tuple[float, bool, bool, str, str]:
        found = results[name]["nbgrader"]
        return -found["gained"], not found["leaks"], not found["ended"], _there(found), name

    return [
        f"| {_told(name)} | {_there(results[name]['nbgrader'])} | {_here(results[name]['here'])} |"
        for name in sorted(names, key=order)
    ]


def _told(name: str) -> str:
    said = " ".join(harness.load_case(name).mechanism.split()).replace("|", "\\|")
    return f"`{name}`: {said}"


def _rest(results: dict[str, Any], names: list[str], compared: list[str], effective: list[str]) -> list[str]:
    """The attacks without a row: without effect, or without sense with nbgrader."""
    lines = ["## Without effect on either", ""]
    for name in sorted(set(compared) - set(effective)):
        lines.append(f"- {_told(name)} Here: {_here(results[name]['here'])}.")
    lines += ["", "## Only possible here", ""]
    for name in sorted(set(names) - set(compared)):
        here = _here(results[name]["here"])
        lines.append(f"- {_told(name)} Not tried there: it {SKIPPED[name]}. Here: {here}.")
    return [*lines, ""]


def totals(results: dict[str, Any]) -> dict[str, int]:
    """How many attacks had which effect."""
    there = [found["nbgrader"] for found in results.values() if "nbgrader" in found]
    here = [found["here"] for found in results.values() if "here" in found]
    return {
        "gained": sum(bool(f["gained"]) for f in there),
        "leaked": sum(bool(f["leaks"]) for f in there),
        "broken": sum(bool(f["ended"]) for f in there),
        "reached": sum(f["reached"] or f["changed"] for f in there),
        "left": sum(bool(f["left"]) for f in there),
        "taken": sum(bool(f["taken"]) for f in there),
        "active": sum(bool(f["active"]) for f in there),
        "here gained": sum(bool(f["gained"]) for f in here),
        "here leaked": sum(bool(f["leaks"]) for f in here),
        "here broken": sum(f["gained"] is None for f in here),
        "here left": sum(bool(f["left"]) for f in here),
        "here active": sum(bool(f["active"]) for f in here),
    }


HEAD = """\
# Attacks

Made by `python bench/attacks.py --write docs/attacks.md` on {day}, with nbgrader {version}.

The {all} attacks of `tests/attacks`, each a hand-in that answers nothing, on a chapter of 12 points, against
`nbgrader autograde` and against this grader. {compared} of them make sense with nbgrader; {effective} of those
had an effect there.

| attacks after which | nbgrader, of {compared} | here, of {all} |
|---|---:|---:|
{table}

How to read it:

- Points are counted against an untouched release, which gets 0 from both. Honest work gets 12 from both.
- nbgrader's feedback {shown} the code of failed hidden tests to every student, by design. That is not counted:
  hidden text counts only where an attack itself brought it into outputs or messages.
- The nbgrader course has the same cells, each check as a plain `assert` on the same values. The attacks were
  written against this grader, so what they did to nbgrader is the least that can be done to it.
- nbgrader ran with {cell} s for a cell (its default is 30 s), and behind a wall that it does not have by itself:
  no network, an unprivileged user, one course, {memory} MB of memory, {processes} processes, {disk} MB of
  disk, {wall} s. Attacks on the network and on other users' processes reached nothing there for that reason.
  "Took all" means that only this wall stopped it.
- "Reached what it was after": it printed what its test in `tests/attacks` forbids.
- "0, by the tests": not measured in this run, but `tests/attacks` fails otherwise.

nbgrader's documentation advises a kernel in a container where security matters. That protects the machine.
Points and hidden tests stay in reach, because the tests run in the process of the student's code.
"""


def _head(results: dict[str, Any], names: list[str], compared: list[str], effective: list[str]) -> list[str]:
    n = totals(results)
    rows = [
        ("it gained points", n["gained"], n["here gained"]),
        ("a student is shown hidden text or data because of it", n["leaked"], n["here leaked"]),
        ("grading failed, was killed or never ended: no score", n["broken"], n["here broken"]),
        ("it reached or changed what is not its own", n["reached"], "0, by the tests"),
        ("scripts of its own on the feedback page", n["active"], n["here active"]),
        ("it took all memory, processes or disk there was", n["taken"], "0, by the tests"),
        ("processes of it outlived the grading", n["left"], n["here left"]),
    ]
    table = [f"| {what} | {there} | {here} |" for what, there, here in rows]
    facts = {
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "version": version("nbgrader"),
        "all": len(names),
        "compared": len(compared),
        "effective": len(effective),
        "shown": "shows" if results.get("nobody", {}).get("shown") else "does not show",
        "table": "\n".join(table),
        "cell": walled.CELL_SECONDS,
        "wall": walled.WALL_SECONDS,
        "memory": walled.MEMORY_MB,
        "processes": walled.PROCESSES,
        "disk": walled.DISK_MB,
    }
    return HEAD.format(**facts).splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("The wall around nbgrader needs root: run this in a machine or container that may be lost.")
    kept, names = Kept(options.keep), options.only or harness.case_names()
    measure(names, kept)
    text = report(kept.results)
    print(text)
    if options.write:
        options.write.write_text(text)


if __name__ == "__main__":
    main()
