"""Whatever is killed, filled or damaged: afterwards there is one grade per submission, the right one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from graders.batch.autograde import autograde, latest_results
from graders.errors import LedgerError, UsageError
from graders.results import Outcome

KILLS = int(os.environ.get("GRADERS_KILLS", "20"))
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
    return not psutil.wait_procs(processes, timeout=15)[1]


@pytest.mark.slow
def test_killing_processes_at_random_changes_no_grade(small_class, tmp_path):
    expected = undisturbed(small_class, tmp_path)
    course, choose, kills = small_class.course, random.Random(7), 0
    while kills < KILLS or len(points(course, small_class.first)) < len(expected):
        run = start(course)
        try:
            while run.poll() is None:
                time.sleep(choose.uniform(0.3, 0.9))
                victims = [*descendants(run.pid)] + [psutil.Process(run.pid)] * (choose.random() < 0.1)
                if victims and kills < KILLS:
                    kills += 1
                    os.kill(choose.choice(victims).pid, signal.SIGKILL)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
        finally:
            left = descendants(run.pid)
            run.wait(timeout=120)
            assert gone(left)
        found = points(course, small_class.first)
        if kills >= KILLS and any(outcome == "ungradable" for outcome, _ in found.values()):
            kills = KILLS  # killed three times over: still no score, and the next run tries again
            autograde(course, [small_class.first], jobs=2)
    assert points(course, small_class.first) == expected


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
