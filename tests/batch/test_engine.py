"""Workers and templates that die: every submission still gets exactly one result, in time."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import psutil
import pytest

from graders.batch import engine
from graders.batch.engine import Memory, run_all
from graders.batch.templates import Templates
from graders.batch.work import find_work
from graders.results import Outcome
from graders.sandbox.launch import start
from graders.sandbox.limits import WallLimits

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


ORPHAN = """
import os, time
from graders.batch.engine import begin_worker
parent = os.getpid()
if os.fork():
    os._exit(0)
while os.getppid() == parent:
    time.sleep(0.01)
begin_worker("/tmp", parent)
print("still here")
"""


def test_a_worker_whose_supervisor_is_gone_before_it_began_ends():
    done = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("", "")


def test_no_work_starts_no_process(tiny_course):
    assert _graded(tiny_course, 2) == {}


def test_a_lane_gets_its_next_submission_before_the_last_result_is_written(tiny_course):
    for name in ("ada", "bob"):
        tiny_course.hand_in(name)
    events = []
    results = run_all(_works(tiny_course), 1, events.append, meanwhile=lambda: events.append("meanwhile"))
    next(results)
    assert [event if isinstance(event, str) else event.job.student for event in events] == [
        "meanwhile",
        "ada",
        "bob",
    ]
    assert len(list(results)) == 1


# -- templates ------------------------------------------------------------------------------------


def _forks(address):
    """Whether a template still forks processes that run."""
    sandbox = start(address, "time:sleep", arguments={}, fds=[], limits=WallLimits(), wall="none")
    return sandbox.close().reason != "lost"


def _two_chapters(tiny):
    for chapter in (tiny.first, tiny.second):
        tiny.hand_in("ada", chapter=chapter)
    return list(find_work(tiny.course, [tiny.first, tiny.second]))


def test_a_template_that_forked_often_is_replaced_and_ends_when_nothing_of_it_runs(tiny_course, monkeypatch):
    monkeypatch.setattr(engine, "_FORKS_PER_TEMPLATE", 1)
    work, before = _two_chapters(tiny_course)[0], _processes("graders.sandbox.template")
    with Templates() as templates:
        old, new = templates.borrow(work), templates.borrow(work)
        assert {old.kernels, old.judges}.isdisjoint({new.kernels, new.judges})
        assert all(map(_forks, (old.kernels, old.judges, new.kernels, new.judges)))
        templates.give_back(old)
        assert not os.path.exists(old.kernels) and not os.path.exists(old.judges)
        assert all(map(_forks, (new.kernels, new.judges)))
    assert _processes("graders.sandbox.template") == before


def test_a_judge_template_outlives_no_template_it_was_forked_from(tiny_course, monkeypatch):
    monkeypatch.setattr(engine, "_FORKS_PER_TEMPLATE", 2)
    first, second = _two_chapters(tiny_course)
    with Templates() as templates:
        used = [templates.borrow(first), templates.borrow(second)]
        last = templates.borrow(second)  # from new kernels, so its judges must not be the old ones' children
        for addresses in used:
            templates.give_back(addresses)
        assert all(map(_forks, (last.kernels, last.judges)))


def test_a_dead_template_is_started_again(tiny_course):
    work, others = _two_chapters(tiny_course)[0], _processes("graders.sandbox.template")
    with Templates() as templates:
        old = templates.borrow(work)
        _kill("graders.sandbox.template", spare=others)
        while any(template.alive for template in templates._running.values()):
            time.sleep(0.01)
        new = templates.borrow(work)
        assert new.kernels != old.kernels
        assert all(map(_forks, (new.kernels, new.judges)))


# -- memory ---------------------------------------------------------------------------------------


def _with_limit(work, memory_mb):
    limits = work.job.limits.model_copy(update={"memory_mb": int(memory_mb), "disk_mb": 1})
    return replace(work, job=replace(work.job, limits=limits))


def test_kernels_start_only_if_all_could_grow_to_their_limits(tiny_course):
    plain, timed = _two_chapters(tiny_course)  # the second one's checks run the reference too
    free, memory = psutil.virtual_memory().available / 2**20, Memory(Templates())
    huge, half, small = (_with_limit(plain, share * free) for share in (2.0, 0.6, 0.05))
    assert memory.fits(huge, []), "a first one always starts"
    assert not memory.fits(half, [half]), "though nothing of it is taken yet"
    assert not memory.fits(small, [huge])
    assert memory.fits(small, [small, small])
    plain, timed = (_with_limit(work, 0.4 * free) for work in (plain, timed))
    assert memory.fits(plain, [plain])
    assert not memory.fits(timed, [plain])


# -- what dies ------------------------------------------------------------------------------------


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
