"""The meter: CPU time as seen from outside, whatever the process does or says."""

import os
import subprocess
import sys
import time

import pytest

from graders.sandbox.cgroup import make
from graders.sandbox.limits import WallLimits
from graders.sandbox.meter import TreeClock, core_of, cpu_seconds


def _groups():
    group = make(WallLimits())
    if group is not None:
        group.remove()
    return group is not None


BUSY = """
import time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))
"""


def _meter(ran, number=-1):
    return ran.runs[number].meter


def test_cpu_time_is_what_a_cell_worked(run_cells):
    meter = _meter(run_cells(BUSY, "burn(0.5)"))
    assert 0.5 <= meter.cpu_seconds < 0.9
    assert meter.wall_seconds >= 0.5


def test_sleeping_costs_no_cpu_time(run_cells):
    meter = _meter(run_cells("import time; time.sleep(0.7)"))
    assert meter.cpu_seconds < 0.3
    assert meter.wall_seconds >= 0.7


def test_work_given_to_children_counts_even_when_they_are_gone(run_cells):
    code = """
import os
for _ in range(2):
    pid = os.fork()
    if pid == 0:
        burn(0.4)
        os._exit(0)
    os.waitpid(pid, 0)
"""
    assert 0.75 <= _meter(run_cells(BUSY, code)).cpu_seconds < 1.6


ORPHAN = """
import os, signal, time
signal.signal(signal.SIGCHLD, {handler})
out, into = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        burn(0.6)
        os.write(into, b"x")
    os._exit(0)
os.read(out, 1)
time.sleep(0.3)
"""


def test_work_of_an_orphan_counts_though_its_parent_is_gone(run_cells):
    assert _meter(run_cells(BUSY, ORPHAN.format(handler="signal.SIG_DFL"))).cpu_seconds >= 0.6


@pytest.mark.skipif(not _groups(), reason="no control groups here: only wall time shows it")
def test_work_of_a_child_that_nobody_waits_for_counts(run_cells):
    assert _meter(run_cells(BUSY, ORPHAN.format(handler="signal.SIG_IGN"))).cpu_seconds >= 0.6


def test_the_clock_of_a_sandbox_that_is_gone_stands_still():
    with subprocess.Popen(
        [sys.executable, "-c", "sum(range(10**7)); input()"], stdin=subprocess.PIPE
    ) as process:
        clock = TreeClock(process.pid)
        while clock.seconds() < 0.05:
            time.sleep(0.01)
        process.kill()
        process.wait()
        used = clock.seconds()
        assert used >= 0.05 and clock.seconds() == used
        assert not clock.running


def test_work_in_threads_counts(run_cells):
    code = """
import threading
threads = [threading.Thread(target=lambda: sum(range(3_000_000))) for _ in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
"""
    one = _meter(run_cells(BUSY, "sum(range(3_000_000))")).cpu_seconds
    assert _meter(run_cells(BUSY, code)).cpu_seconds > 2 * one


def test_a_student_cannot_talk_the_time_down(run_cells):
    code = "import time\nburn(0.4)\ntime.process_time = time.time = time.monotonic = lambda: 0.0"
    assert _meter(run_cells(BUSY, code)).cpu_seconds >= 0.4


def test_a_process_that_is_gone_counts_nothing():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        assert cpu_seconds(process.pid) == 0.0


def test_our_own_time_is_the_clocks():
    before, began = cpu_seconds(os.getpid()), time.process_time()
    while time.process_time() < began + 0.5:
        sum(range(1000))
    used = time.process_time() - began
    assert cpu_seconds(os.getpid()) - before == pytest.approx(used, rel=0.1)  # that of children comes in ticks


def test_the_core_of_a_process_is_the_one_it_may_use():
    allowed = os.sched_getaffinity(0)
    try:
        for core in sorted(allowed):
            os.sched_setaffinity(0, {core})
            assert core_of(os.getpid()) == core
    finally:
        os.sched_setaffinity(0, allowed)
    assert core_of(-1) == -1
