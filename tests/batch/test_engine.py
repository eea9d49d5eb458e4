"""Workers and templates that die: every submission still gets exactly one result, in time."""

import os
import signal
import threading

import psutil
import pytest

from graders.batch.engine import run_all
from graders.batch.work import find_work
from graders.results import Outcome

SLEEP = """
import time
time.sleep({seconds})
def mean(v):
    if not len(v): raise ValueError
    return v.sum() / len(v)
"""


def _works(tiny):
    return list(find_work(tiny.course, [tiny.first]))


def _processes(part):
    """Our child processes whose command line holds a word."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if part in " ".join(child.cmdline()):
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def _kill(part, count=99, spare=()):
    for process in [p for p in _processes(part) if p not in spare][:count]:
        os.kill(process.pid, signal.SIGKILL)


def _graded(tiny, jobs, started=lambda work: None):
    results = [result for _, result in run_all(_works(tiny), jobs, started)]
    assert len({r.student for r in results}) == len(results)
    return {r.student: r for r in results}


def test_everybody_gets_one_result_and_nothing_runs_on(tiny_course):
    for number in range(5):
        tiny_course.hand_in(f"s{number}", {"mean": "def mean(v): return 2.5"} if number % 2 else {})
    started, before = [], (_processes("spawn_main"), _processes("graders.sandbox.template"))
    results = _graded(tiny_course, 2, lambda work: started.append(work.job.student))
    assert {name: r.points for name, r in results.items()} == {"s0": 8, "s1": 4, "s2": 8, "s3": 4, "s4": 8}
    assert sorted(started) == sorted(results)
    assert (_processes("spawn_main"), _processes("graders.sandbox.template")) == before


def test_no_work_starts_no_process(tiny_course):
    assert _graded(tiny_course, 2) == {}


@pytest.mark.slow
def test_a_killed_worker_loses_nobody(tiny_course):
    for number in range(4):
        tiny_course.hand_in(f"s{number}", {"mean": SLEEP.format(seconds=1.5)})
    killed = []

    def started(work):
        if not killed:
            killed.append(work)
            threading.Timer(2.0, _kill, ("spawn_main", 1)).start()

    results = _graded(tiny_course, 2, started)
    assert {name: (r.outcome, r.points) for name, r in results.items()} == {
        f"s{n}": (Outcome.PASSED, 8) for n in range(4)
    }


@pytest.mark.slow
def test_a_killed_template_loses_nobody(tiny_course):
    for number in range(3):
        tiny_course.hand_in(f"s{number}", {"mean": SLEEP.format(seconds=1.5)})
    killed, others = [], _processes("graders.sandbox.template")

    def started(work):
        if not killed:
            killed.append(work)
            threading.Timer(2.5, _kill, ("graders.sandbox.template", 2, others)).start()

    results = _graded(tiny_course, 2, started)
    assert {name: (r.outcome, r.points) for name, r in results.items()} == {
        f"s{n}": (Outcome.PASSED, 8) for n in range(3)
    }


@pytest.mark.slow
def test_who_loses_every_worker_is_ungradable_and_the_others_are_graded(tiny_course):
    tiny_course.hand_in("ada")
    tiny_course.hand_in("bob", {"mean": SLEEP.format(seconds=20)})
    tiny_course.hand_in("eve")
    tries = []

    def started(work):
        if work.job.student == "bob":
            tries.append(work)
            threading.Timer(1.5, _kill, ("spawn_main",)).start()

    course = tiny_course.course
    limits = course.limits.model_copy(update={"cell_seconds": 60.0})
    object.__setattr__(course, "limits", limits)
    results = _graded(tiny_course, 1, started)
    assert len(tries) == 3
    assert (results["bob"].outcome, results["bob"].points) == (Outcome.UNGRADABLE, None)
    assert "worker process ended" in results["bob"].staff
    assert [results[name].points for name in ("ada", "eve")] == [8, 8]


def test_a_mistake_in_a_chapter_is_ungradable_at_once(tiny_course):
    text = '# %% given="a"\nraise OSError("no data")\n\n# %% answer="f"\nf = 1\n\n'
    text += '# %% checks="c" points=1\nassert f\n'
    (tiny_course.course.folder("source") / "ch09.py").write_text(text)
    from graders.notebooks import source

    source.build(tiny_course.course, "ch09")
    tiny_course.hand_in("ada", chapter="ch09")
    started = []
    ((_, result),) = run_all(find_work(tiny_course.course, ["ch09"]), 1, started.append)
    assert (result.outcome, result.points, len(started)) == (Outcome.UNGRADABLE, None, 1)
    assert "no data" in result.staff
