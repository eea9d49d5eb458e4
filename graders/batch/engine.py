"""Grade many submissions at once: templates per environment profile, worker processes, retries.

A worker grades one submission at a time and never runs student code in itself. Whatever goes wrong
with one submission stays with it: our own failures become an ungradable result, a lost worker costs
its submission one more try, and everybody else is graded.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import psutil

from graders.batch.slots import Slots
from graders.batch.templates import Templates, most_kernels
from graders.batch.work import Work
from graders.errors import GradersError, SandboxError, WallError
from graders.job import Addresses, Job
from graders.results import NotebookResult, Outcome, SubmissionResult, from_json, to_json
from graders.sandbox import system
from graders.sandbox.launch import start
from graders.sandbox.limits import WallLimits

_TRIES = 3
_NOTHING = "graders.sandbox.probe:nothing"
_RESERVE_MB = 512  # memory left alone when deciding whether one more kernel fits
_SCRATCH = "graders-run-"
_GARBAGE_AFTER = 50_000  # objects; nearly all that imports make stays, and looking for garbage takes its time
Task = Callable[[Job, Addresses], tuple[str, bool]]


class Lane:
    """One worker process at a time; a new one takes over when it dies, without touching other lanes."""

    def __init__(self, scratch: str) -> None:
        self._scratch = scratch
        self._pool = self._make()

    def _make(self) -> ProcessPoolExecutor:
        # Started afresh rather than forked: a worker inherits no open files, threads or event loops.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, context, initializer=begin_worker, initargs=(self._scratch, os.getpid()))

    def warm(self) -> None:
        """Start the worker and let it import what grading needs, before there is something to grade."""
        self._pool.submit(warm_up)

    def submit(self, task: Task, job: Job, addresses: Addresses) -> Future[tuple[str, bool]]:
        """Start grading a job in this lane's worker."""
        try:
            return self._pool.submit(task, job, addresses)
        except BrokenProcessPool:  # it died while it was idle
            self.renew()
            return self._pool.submit(task, job, addresses)

    def renew(self) -> None:
        """Replace a worker that died."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._make()

    def close(self) -> None:
        """End the worker."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def run_all(
    works: Iterable[Work],
    jobs: int,
    started: Callable[[Work], None] = lambda work: None,
    *,
    meanwhile: Callable[[], None] = lambda: None,
    task: Task | None = None,
) -> Iterator[tuple[Work, SubmissionResult]]:
    """Grade everything on ``jobs`` worker processes and yield results as they come.

    ``meanwhile`` is called once, while templates and workers start. ``task`` is what workers do with a
    job: :func:`grade_safely` unless a measurement puts something else in its place.
    """
    queue = deque((work, 1) for work in works)
    if not queue:
        return
    with scratch() as folder, Templates() as templates:
        lanes = [Lane(folder) for _ in range(min(jobs, len(queue)))]
        try:
            templates.start(queue[0][0])
            for lane in lanes:
                lane.warm()
            meanwhile()
            _require_wall(templates, queue[0][0])
            yield from _drain(lanes, templates, queue, started, task or grade_safely)
        finally:
            with ThreadPoolExecutor(len(lanes)) as closing:  # a tenth of a second each, one after another
                list(closing.map(Lane.close, lanes))


def _require_wall(templates: Templates, work: Work) -> None:
    """Raise WallError if no wall can be raised on this machine: rather nothing than everybody ungradable."""
    if work.job.wall != "namespaces":
        return  # containers say so as they start, and a process is no wall
    for attempt in range(1, _TRIES + 1):  # a busy machine may be late once
        addresses = templates.borrow(work)
        limits = WallLimits.taken_from(work.job.limits)
        try:
            start(addresses.kernels, _NOTHING, arguments={}, fds=[], limits=limits, wall="namespaces").close()
            return
        except SandboxError as error:
            if attempt == _TRIES:
                raise WallError(f"Nothing was graded. {error.message}", hint=error.hint) from error
        finally:
            templates.give_back(addresses)


@contextmanager
def scratch() -> Iterator[str]:
    """Make the one folder all temporary files of a run are in; remove what killed runs left behind."""
    place = Path(tempfile.gettempdir())
    for left in place.glob(f"{_SCRATCH}*"):
        if not psutil.pid_exists(int(left.name.removeprefix(_SCRATCH).split("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-")
    before, tempfile.tempdir = tempfile.tempdir, folder
    try:
        yield folder
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)


def _drain(
    lanes: list[Lane],
    templates: Templates,
    queue: deque[tuple[Work, int]],
    started: Callable[[Work], None],
    task: Task,
) -> Iterator[tuple[Work, SubmissionResult]]:
    """Keep every lane busy while memory and GPUs allow; yield each result when its lane is busy again."""
    free, running = list(lanes), dict[Future[tuple[str, bool]], tuple[Lane, Work, int, Addresses]]()
    done: list[tuple[Work, SubmissionResult]] = []
    memory, slots = Memory(templates), Slots()
    while queue or running:
        while queue and free and (place := slots.first(queue)) is not None:
            queue.rotate(-place)
            work, attempt = queue[0]
            if slots.never(work):
                done.append((work, ungradable(work.job, slots.too_few(work))))
            elif memory.fits(work, [other for _, other, _, _ in running.values()]):
                work, lane = slots.take(work), free.pop()
                addresses = templates.borrow(work)
                templates.expect(len(queue) * most_kernels(work.job.bundle))
                started(work)
                running[lane.submit(task, work.job, addresses)] = (lane, work, attempt, addresses)
            else:
                queue.rotate(place)
                break
            queue.popleft()
            queue.rotate(place)
        yield from done
        done = []
        for future in wait(running, timeout=1.0, return_when=FIRST_COMPLETED).done if running else ():
            lane, work, attempt, addresses = running.pop(future)
            templates.give_back(addresses)
            free.append(lane)
            result, again = outcome_of(future, lane, work)
            work = slots.give_back(work)
            if again and attempt < _TRIES:
                queue.append((work, attempt + 1))
            else:
                done.append((work, result))
    yield from done


class Memory:
    """What kernels may take together: as much as was free while none ran, less a reserve."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._free_mb = 0.0
        self._kernels: dict[str, int] = {}  # by chapter: how many kernels one submission needs at most

    def fits(self, work: Work, running: Sequence[Work]) -> bool:
        """Whether one more kernel fits even if all that run grow to their limits; a first one always starts."""
        available = psutil.virtual_memory().available / 2**20
        if not running:
            self._free_mb = available + self._templates.memory_mb()
            return True
        promised = self._templates.memory_mb() + sum(map(self._most_mb, running))
        room = min(self._free_mb - promised, available)
        return bool(room > self._most_mb(work) + _RESERVE_MB)

    def _most_mb(self, work: Work) -> float:
        """Return the most memory one submission's kernels can take, in MB; their files are memory too."""
        bundle, limits = work.job.bundle, work.job.limits
        if bundle.key not in self._kernels:
            self._kernels[bundle.key] = most_kernels(bundle)
        return self._kernels[bundle.key] * float(limits.memory_mb + limits.disk_mb)


def outcome_of(future: Future[tuple[str, bool]], lane: Lane, work: Work) -> tuple[SubmissionResult, bool]:
    """Return a worker's result, and whether trying again could help."""
    try:
        text, again = future.result()
        return from_json(text), again
    except BrokenProcessPool:
        lane.renew()
        return ungradable(work.job, "The worker process ended each time this was graded."), True


def begin_worker(scratch: str, supervisor: int) -> None:
    """Prepare a worker: it ends with its supervisor and keeps its files in the run's folder."""
    system.die_with_parent(supervisor)
    gc.set_threshold(_GARBAGE_AFTER)
    import_lightly()
    tempfile.tempdir = scratch


def import_lightly() -> None:
    """Leave out an optional part of jsonschema that compiles grammars for a second and is never asked here."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # None means: not to be had


def warm_up() -> None:
    """Import in a worker what grading needs; it stays to the end, where nothing looks through it again."""
    importlib.import_module("graders.grading")
    gc.freeze()


def grade_safely(job: Job, addresses: Addresses) -> tuple[str, bool]:
    """Grade in a worker; return the result as JSON, and whether a failure of ours may pass if tried again."""
    from graders.grading import grade  # nbclient and all: only workers need it

    try:
        return to_json(grade(job, addresses)), False
    except GradersError as error:
        return to_json(ungradable(job, str(error))), error.may_pass
    except Exception as error:  # noqa: BLE001 (the worker's boundary: one submission must not stop the others)
        return to_json(ungradable(job, f"{type(error).__name__}: {error}")), False


def ungradable(job: Job, reason: str) -> SubmissionResult:
    """Return the result of a submission that we failed to grade: no score, and why, for the staff."""
    notebooks = tuple(NotebookResult(n.name, Outcome.UNGRADABLE) for n in job.bundle.notebooks)
    return SubmissionResult(
        job.course,
        job.bundle.chapter,
        job.student,
        Outcome.UNGRADABLE,
        notebooks,
        staff=reason[:2000],
        wall=job.wall,
        versions=job.versions,
    )
