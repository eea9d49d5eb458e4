"""The meter: CPU time as seen from outside, whatever the process does or says."""

import os
import subprocess
import sys
import time

from graders.sandbox.meter import cpu_seconds

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
    sum(range(3_000_000))
    assert abs((cpu_seconds(os.getpid()) - before) - (time.process_time() - began)) < 0.02
