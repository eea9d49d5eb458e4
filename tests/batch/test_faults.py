"""Whatever is killed, filled or damaged: afterwards there is one grade per submission, the right one."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook as Database

from graders.batch.autograde import autograde, latest_results
from graders.batch.ledger import Ledger
from graders.errors import LedgerError, UsageError
from graders.results import Outcome

KILLS = int(os.environ.get("GRADERS_KILLS", "21"))
ANSWERS = ({}, {"mean": "def mean(v): return 1.0"}, {"squares": "def squares(n): return []"})


@pytest.fixture
def small_class(tiny_course):
    """A course with a class of twelve, each handing in something of their own."""
    for number in range(12):
        wrong = ANSWERS[number % len(ANSWERS)]
        tiny_course.hand_in(
            f"student{number:02d}", {name: f"{code}\n# {number}" for name, code in wrong.items()}
        )
    return tiny_course


def points(course, chapter):
    return {r.student: (r.outcome.value, r.points) for r in latest_results(course, [chapter])}


def undisturbed(small_class, tmp_path):
    folder = Path(shutil.copytree(small_class.course.root, tmp_path / "undisturbed"))
    course = small_class.course.model_copy(update={"root": folder})
    autograde(course, [small_class.first], jobs=2)
    return points(course, small_class.first)


def start(course) -> subprocess.Popen:
    command = [sys.executable, "-m", "graders", "autograde", "--yes", "--course", str(course.root)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def descendants(pid: int) -> list[psutil.Process]:
    try:
        found = psutil.Process(pid).children(recursive=True)
        return [p for p in found if "resource_tracker" not in " ".join(p.cmdline())]
    except psutil.Error:
        return []


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=60)[1]


KINDS = ("supervisor", "worker", "kernel template", "judge template", "judge", "kernel", "guard")


def by_kind(supervisor: int) -> dict[str, list[psutil.Process]]:
    """The processes of a run. Every sandbox is two guards deep; judges' templates come from the kernels'."""
    found: dict[str, list[psutil.Process]] = {kind: [] for kind in KINDS}
    found["supervisor"] = [psutil.Process(supervisor)]
    depth = {supervisor: 0}
    for process in descendants(supervisor):
        with contextlib.suppress(psutil.Error, OSError):
            depth[process.pid] = depth.get(process.ppid(), 99) + 1
            walled = os.readlink(f"/proc/{process.pid}/ns/pid") != os.readlink("/proc/self/ns/pid")
            found[kind_of(depth[process.pid], walled, " ".join(process.cmdline()))].append(process)
    return found


def kind_of(depth: int, walled: bool, command: str) -> str:
    if "spawn_main" in command:
        return "worker"
    if depth == 1:
        return "kernel template"
    if walled:
        return "kernel" if depth == 4 else "guard"
    return {3: "judge template", 5: "judge"}.get(depth, "guard")


def kill_one(run: subprocess.Popen, kind: str, choose: random.Random) -> bool:
    """Kill a process of a kind a moment after there is one; false if the run ended before."""
    while run.poll() is None:
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if victims := by_kind(run.pid)[kind]:
                victim = choose.choice(victims)
                time.sleep(choose.uniform(0, 0.3))
                if victim.is_running():
                    os.kill(victim.pid, signal.SIGKILL)
                    return True
        time.sleep(0.01)
    return False


def check_grades(course, chapter, expected) -> None:
    """One run per submission in the ledger that is a result, one grade in the gradebook, as undisturbed."""
    assert points(course, chapter) == expected
    ledger = Ledger.of(course)
    valid = {name: sum(e.valid for e in ledger.history(chapter, name)) for name in expected}
    counting = ledger.counting(chapter)
    ledger.close()
    assert valid == dict.fromkeys(expected, 1)
    assert sorted(counting) == sorted(expected)
    with Database(course.database, course.id) as book:
        graded = {s.student.id: s.score for s in book.assignment_submissions(chapter)}
        assert len(book.assignment_submissions(chapter)) == len(expected)
    assert graded == {name: score for name, (_, score) in expected.items()}


def forget(course) -> None:
    """Back to a class that nobody has graded yet."""
    for path in (*course.root.glob("ledger.db*"), *course.root.glob("gradebook.db*")):
        path.unlink()
    shutil.rmtree(course.folder("autograded"))


def finish(course, chapter, expected) -> None:
    """Run until all are graded: what was killed three times over is tried again by the next run."""
    for _ in range(5):
        run = start(course)
        run.wait(timeout=300)
        if all(outcome != "ungradable" for outcome, _ in points(course, chapter).values()):
            break
    check_grades(course, chapter, expected)


@pytest.mark.slow
def test_killing_any_kind_of_process_at_any_time_changes_no_grade(small_class, tmp_path):
    expected = undisturbed(small_class, tmp_path)
    course, chapter, choose = small_class.course, small_class.first, random.Random(7)
    order = choose.sample(KINDS, len(KINDS))  # never twice the same: a cell that ends two kernels is a finding
    wanted = [order[number % len(order)] for number in range(KILLS)]
    killed: Counter[str] = Counter()
    runs = 0
    while wanted:
        run, runs = start(course), runs + 1
        assert runs <= 3 * KILLS + 10, f"no {wanted[-1]} was found to kill"
        while wanted and kill_one(run, wanted[-1], choose):
            killed[wanted.pop()] += 1
            if killed.total() % 4 == 0:
                time.sleep(choose.uniform(0, 2))  # let some of it be finished
        left = descendants(run.pid)
        run.wait(timeout=300)
        assert gone(left)
        if len(points(course, chapter)) == len(expected):
            finish(course, chapter, expected)
            forget(course)
    finish(course, chapter, expected)
    assert set(killed) == set(KINDS[:KILLS])
    assert killed.total() == KILLS


def test_a_supervisor_that_is_killed_leaves_nothing_running_and_loses_nothing(small_class, tmp_path):
    course = small_class.course
    run = start(course)
    deadline = time.monotonic() + 60
    while len(points(course, small_class.first)) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    left = descendants(run.pid)
    run.kill()
    run.wait()
    assert gone(left)
    done = points(course, small_class.first)
    assert 2 <= len(done) < 12
    summary = autograde(course, [small_class.first], jobs=2)
    assert len(summary.known) >= len(done)
    assert points(course, small_class.first) == undisturbed(small_class, tmp_path)


def test_only_one_supervisor_works_on_a_course(small_class):
    course = small_class.course
    run = start(course)
    try:
        while not (course.root / ".graders.lock").exists() or not descendants(run.pid):
            time.sleep(0.05)
        with pytest.raises(UsageError, match="being graded already"):
            autograde(course, [small_class.first])
    finally:
        run.wait(timeout=120)
    assert len(points(course, small_class.first)) == 12


def test_supervisors_started_at_once_grade_everybody_once(small_class):
    """Whoever comes first grades; the others say so, or come so late that they find it all done."""
    course = small_class.course
    command = [sys.executable, "-m", "graders", "autograde", "--course", str(course.root)]
    started = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [(process.communicate(timeout=300)[1], process.returncode) for process in started]
    assert 0 in [code for _, code in ended], ended
    assert all(code == 0 or (code == 2 and "being graded already" in said) for said, code in ended), ended
    check_grades(course, small_class.first, points(course, small_class.first))
    assert len(points(course, small_class.first)) == 12


def test_a_damaged_ledger_is_put_aside_and_what_it_holds_is_kept(small_class):
    course = small_class.course
    autograde(course, [small_class.first], jobs=2)
    before = points(course, small_class.first)
    path = course.root / "ledger.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = os.urandom(4096)
    path.write_bytes(data)
    autograde(course, [small_class.first], jobs=2)
    assert points(course, small_class.first) == before
    assert list(course.root.glob("ledger.db*.damaged"))


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_a_full_disk_keeps_what_was_finished(small_class, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], check=True)
    try:
        course = small_class.course.model_copy(update={"ledger_url": f"sqlite:///{small}/ledger.db"})
        autograde(course, [small_class.first], student="student00")
        filler = small / "filler"
        with pytest.raises(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"x" * 4096):
                pass
        with pytest.raises(LedgerError, match="cannot be used"):
            autograde(course, [small_class.first], jobs=2)
        filler.unlink()
        autograde(course, [small_class.first], jobs=2)
        found = points(course, small_class.first)
        assert len(found) == 12
        assert all(outcome != Outcome.UNGRADABLE for outcome, _ in found.values())
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_a_disk_that_fills_up_while_grading_stops_the_run_and_nothing_is_lost(small_class, tmp_path):
    """Ledger, gradebook and notebooks are on the disk that is full, as in a course folder with a quota."""
    expected = undisturbed(small_class, tmp_path)
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(small)], check=True)
    try:
        root = Path(shutil.copytree(small_class.course.root, small / "course"))
        course = small_class.course.model_copy(update={"root": root})
        autograde(course, [small_class.first], student="student00", jobs=1)
        filler = small / "filler"
        with pytest.raises(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"x" * 4096):
                pass
        os.truncate(filler, filler.stat().st_size - 120_000)  # enough for a few more, not for all
        done = run_to_end(course)
        assert done.returncode == 3
        assert re.search("full|No space", done.stderr) and "Traceback" not in done.stderr
        filler.unlink()
        finish(course, small_class.first, expected)
        assert not list(root.glob("*.damaged*"))
    finally:
        subprocess.run(["umount", str(small)], check=True)


def run_to_end(course) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "graders", "autograde", "-j1", "--course", str(course.root)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"})
