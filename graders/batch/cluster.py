"""Grade on many machines: a Dask cluster carries submissions to its workers, this side decides where.

Dask moves data and tells who is there; which submission runs where is decided by :mod:`dispatch`, since
only then it is known who was running when a worker died. Needs the extra ``cluster``.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from distributed import Client, Future, WorkerPlugin, get_worker
from distributed.worker import Worker

from graders.batch.dispatch import Dispatch, Run, Site, Task
from graders.batch.engine import ungradable
from graders.batch.parcel import PackedBundle, Parcel, pack, pack_bundle
from graders.batch.site import GradingSite, Reply
from graders.batch.templates import most_kernels
from graders.batch.work import Work, versions
from graders.errors import ClusterError, UsageError
from graders.notebooks.bundle import Bundle
from graders.results import SubmissionResult, from_json

_PLUGIN = "graders-site"
_LOOK_SECONDS = 1.0  # how often the workers are counted
_RESERVE = 0.1  # share of a machine's memory that is left alone


class SitePlugin(WorkerPlugin):  # type: ignore[misc] # distributed ships no complete types
    """Makes a worker of the cluster a grading site, and ends the site with the run."""

    name = _PLUGIN

    def setup(self, worker: Worker) -> None:
        """Make the site; called by Dask on every worker, also on those that join later."""
        self.site = GradingSite(worker.state.nthreads)

    def teardown(self, worker: Worker) -> None:
        """End what runs on the site."""
        self.site.close()


@dataclass(frozen=True)
class About:
    """What a worker says of itself."""

    worker_id: str
    lanes: int
    gpus: tuple[str, ...]
    memory_mb: float
    daemonic: bool
    versions: dict[str, str]


def about_worker(dask_worker: Worker) -> About:
    """Describe the worker this runs in (Dask passes itself in by this name)."""
    count = int(dask_worker.state.total_resources.get("GPU", 0))
    return About(
        dask_worker.id,
        dask_worker.state.nthreads,
        gpu_ids(count),
        _memory_mb(dask_worker),
        bool(multiprocessing.current_process().daemon),
        versions(),
    )


def _memory_mb(worker: Worker) -> float:
    """Return what kernels may take on a worker, in MB: its share, at most what is free, less a reserve."""
    share = worker.memory_manager.memory_limit or psutil.virtual_memory().total
    return float(min(share, psutil.virtual_memory().available)) / 2**20 * (1 - _RESERVE)


def gpu_ids(count: int) -> tuple[str, ...]:
    """Return the ids of so many GPUs: the visible ones if they are named, else 0, 1, 2 ..."""
    named = [part for part in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if part]
    return tuple(named[:count]) if named else tuple(map(str, range(count)))


def grade_there(worker_id: str, parcel: Parcel, packed: PackedBundle | None) -> Reply:
    """Grade on the worker this runs in, if it is still the one that was meant."""
    worker = get_worker()
    if worker.id != worker_id:
        raise _OtherWorker
    reply: Reply = worker.plugins[_PLUGIN].site.grade(parcel, packed)
    return reply


class _OtherWorker(Exception):
    """A worker that was started anew at the address of one that died."""


def run_on_cluster(
    client: Client,
    works: Iterable[Work],
    started: Callable[[Work], None] = lambda work: None,
    *,
    meanwhile: Callable[[], None] = lambda: None,
    wait_seconds: float = 60.0,
) -> Iterator[tuple[Work, SubmissionResult]]:
    """Grade everything on the workers of a cluster and yield results as they come.

    Raises UsageError if workers cannot grade as this machine would, and ClusterError if there are none for
    ``wait_seconds`` or the scheduler is gone; what was yielded is final.
    """
    listed = list(works)
    if not listed:
        return
    client.register_plugin(SitePlugin(), name=_PLUGIN)
    grading = _Grading(client, listed, started, wait_seconds)
    try:
        meanwhile()
        yield from grading.results()
    finally:
        grading.close()


class _Grading:
    """One run: the dispatch, the futures it led to, and what has arrived where."""

    def __init__(
        self, client: Client, works: list[Work], started: Callable[[Work], None], wait_seconds: float
    ) -> None:
        self._wait_seconds = wait_seconds
        self._client = client
        self._works = works
        self._started = started
        self._dispatch = Dispatch([_task(number, work) for number, work in enumerate(works)])
        self._futures: dict[int, tuple[Run, Future]] = {}
        self._about: dict[str, About] = {}  # by address
        self._delivered: set[tuple[str, str]] = set()  # (worker, bundle)
        self._packed: dict[str, PackedBundle] = {}
        self._ended: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._seen = time.monotonic()

    def results(self) -> Iterator[tuple[Work, SubmissionResult]]:
        """Keep all workers busy and yield every result once."""
        looked = 0.0
        while self._dispatch.open:
            if time.monotonic() - looked > _LOOK_SECONDS:
                yield from self._look()
                looked = time.monotonic()
            for run in self._dispatch.start(time.monotonic()):
                self._submit(run)
            for number in self._arrived():
                yield from self._take(number)

    def close(self) -> None:
        """Take back what still runs, and end the sites."""
        with suppress(OSError, TimeoutError):
            self._client.cancel([future for _, future in self._futures.values()], force=True)
            self._client.unregister_worker_plugin(_PLUGIN)

    # -- workers ----------------------------------------------------------------------------------

    def _look(self) -> Iterator[tuple[Work, SubmissionResult]]:
        """Take note of workers that joined or are gone."""
        try:
            there = set(self._client.nthreads())
        except (OSError, TimeoutError) as error:
            raise ClusterError("The scheduler is gone.", hint="Start it, then grade again.") from error
        for address in sorted(set(self._about) - there):
            yield from self._lost(address)
        new = sorted(there - set(self._about))
        if new:
            self._join(new)
        yield from self._wait_for_workers()

    def _join(self, addresses: list[str]) -> None:
        answers = self._client.run(about_worker, workers=addresses, on_error="ignore")
        for address, about in sorted(answers.items()):
            _check(address, about)
            self._about[address] = about
            self._dispatch.join(Site(address, about.lanes, about.gpus, about.memory_mb))

    def _wait_for_workers(self) -> Iterator[tuple[Work, SubmissionResult]]:
        """Give up what no worker can run, or all if there are none, after a while."""
        homeless = self._dispatch.homeless()
        if not homeless or self._dispatch.running:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > self._wait_seconds:
            if not self._about:
                raise ClusterError("There are no workers.", hint="Start some, then grade again.")
            for task in homeless:
                self._dispatch.give_up(task)
                work = self._works[task.number]
                yield work, ungradable(work.job, f"No worker has {task.gpus} GPUs.")

    def _lost(self, address: str) -> Iterator[tuple[Work, SubmissionResult]]:
        about = self._about.pop(address, None)
        self._delivered = {pair for pair in self._delivered if about is None or pair[0] != about.worker_id}
        lost = self._dispatch.lose(address)
        gone = [number for number, (run, _) in self._futures.items() if run.site == address]
        self._client.cancel([self._futures.pop(number)[1] for number in gone], force=True)
        for task in lost.quarantined:
            work = self._works[task.number]
            yield (
                work,
                ungradable(
                    work.job, "Each worker that graded this was lost, the last one with nothing else on it."
                ),
            )

    # -- submissions ------------------------------------------------------------------------------

    def _submit(self, run: Run) -> None:
        work, about = self._works[run.task.number], self._about[run.site]
        key = work.job.bundle.key
        packed = None
        if (about.worker_id, key) not in self._delivered:
            self._delivered.add((about.worker_id, key))
            packed = self._packed.setdefault(key, pack_bundle(work.job.bundle))
        future = self._client.submit(
            grade_there,
            about.worker_id,
            _parcel(work, key, run.gpus),
            packed,
            workers=[run.site],
            pure=False,
            key=f"grade-{run.number}-{work.key[:12]}-{time.monotonic_ns()}",
        )
        self._futures[run.number] = (run, future)
        self._started(work)
        future.add_done_callback(lambda _, number=run.number: self._ended.put(number))

    def _arrived(self) -> Iterator[int]:
        """Yield the runs that ended, after waiting a moment for the first."""
        with suppress(queue.Empty):
            yield self._ended.get(timeout=_LOOK_SECONDS / 4)
            while True:
                yield self._ended.get_nowait()

    def _take(self, number: int) -> Iterator[tuple[Work, SubmissionResult]]:
        if number not in self._futures:
            return  # of a worker that was lost, or a needless copy
        run, future = self._futures.pop(number)
        work = self._works[run.task.number]
        try:
            reply: Reply = future.result()
        except Exception:  # noqa: BLE001 (the cluster's boundary: whatever broke there, the worker is not to be trusted)
            yield from self._lost(run.site)
            return
        if self._dispatch.finish(run, time.monotonic(), again=reply.again):
            yield work, from_json(reply.result) if reply.result else ungradable(work.job, reply.reason)


def _check(address: str, about: About) -> None:
    """Refuse a worker whose results would differ, or that may not start processes."""
    ours = versions()
    wrong = [name for name in sorted({*ours, *about.versions}) if ours.get(name) != about.versions.get(name)]
    if wrong:
        name = wrong[0]
        there, here = about.versions.get(name, "not at all"), ours.get(name, "not there")
        raise UsageError(
            f"The worker at {address} has {name} {there}, here it is {here}.",
            hint="Install the same lock file everywhere.",
        )
    if about.daemonic:
        raise UsageError(
            f"The worker at {address} may not start processes.", hint="Start it with: dask worker --no-nanny"
        )


def _task(number: int, work: Work) -> Task:
    limits = work.job.limits
    memory = most_kernels(work.job.bundle) * float(limits.memory_mb + limits.disk_mb)
    return Task(number, work.job.bundle.chapter, gpus=work.gpus, memory_mb=memory)


def _parcel(work: Work, key: str, gpus: tuple[str, ...]) -> Parcel:
    light = replace(work.job, bundle=Bundle(work.job.bundle.chapter, (), ()), folder="", gpus=gpus)
    return Parcel(light, work.profile, work.modules, key, pack(Path(work.job.folder), work.job.limits))
