"""Grading that stays warm: the workers and templates of a batch run, fed one submission at a time."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass

from graders.batch.engine import Lane, Memory, ungradable
from graders.batch.engine import grade_safely as grade
from graders.batch.slots import Slots
from graders.batch.templates import Templates
from graders.batch.work import Work
from graders.errors import GradersError
from graders.job import Addresses
from graders.results import SubmissionResult, from_json

_TRIES = 3


@dataclass
class _Running:
    lane: Lane
    work: Work
    attempt: int
    addresses: Addresses


class WarmEngine:
    """As many worker processes as told, with templates that stay; use it in a ``with`` statement."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._slots = Slots()
        self._stack = ExitStack()
        self._free: list[Lane] = []
        self._lost: list[tuple[Work, SubmissionResult]] = []
        self._queue: deque[tuple[Work, int]] = deque()
        self._running: dict[Future[tuple[str, bool]], _Running] = {}

    def __enter__(self) -> WarmEngine:
        scratch = tempfile.mkdtemp(prefix=f"graders-run-{os.getpid()}-")  # later runs remove what is left
        self._stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        before, tempfile.tempdir = tempfile.tempdir, scratch
        self._stack.callback(setattr, tempfile, "tempdir", before)
        self._templates = self._stack.enter_context(Templates())
        self._memory = Memory(self._templates)
        self._free = [Lane(scratch) for _ in range(self._jobs)]
        for lane in self._free:
            self._stack.callback(lane.close)
            lane.warm()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    @property
    def room(self) -> int:
        """How many submissions could be taken now: as many as workers are free and none waits for memory."""
        return max(len(self._free) - len(self._queue), 0)

    def add(self, work: Work) -> None:
        """Take a submission; it is started as soon as a worker is free and memory allows."""
        self._queue.append((work, 1))

    def results(self, seconds: float) -> Iterator[tuple[Work, SubmissionResult]]:
        """Start what can be started, then yield what ends within some seconds."""
        self._start()
        while self._lost:
            yield self._lost.pop()
        if not self._running:
            return
        for future in wait(self._running, timeout=seconds, return_when=FIRST_COMPLETED).done:
            ended = self._running.pop(future)
            self._templates.give_back(ended.addresses)
            result, again = self._outcome(future, ended)
            self._free.append(ended.lane)
            work = self._slots.give_back(ended.work)
            if again and ended.attempt < _TRIES:
                self._queue.append((work, ended.attempt + 1))
            else:
                yield work, result
        self._start()

    def _start(self) -> None:
        while self._queue and self._free:
            running = [entry.work for entry in self._running.values()]
            if not self._memory.fits(self._queue[0][0], running):
                return
            place = self._slots.first(self._queue)
            if place is None:
                return
            self._queue.rotate(-place)
            work, attempt = self._queue.popleft()
            self._queue.rotate(place)
            if self._slots.never(work):
                self._lost.append((work, ungradable(work.job, self._slots.too_few(work))))
                continue
            work = self._slots.take(work)
            try:
                addresses = self._templates.borrow(work)
            except GradersError as error:
                self._lost.append((self._slots.give_back(work), ungradable(work.job, str(error))))
                continue
            lane = self._free.pop()
            future = lane.submit(grade, work.job, addresses)
            self._running[future] = _Running(lane, work, attempt, addresses)

    @staticmethod
    def _outcome(future: Future[tuple[str, bool]], ended: _Running) -> tuple[SubmissionResult, bool]:
        try:
            text, again = future.result()
        except BrokenProcessPool:
            ended.lane.renew()
            return ungradable(ended.work.job, "The worker process ended each time this was graded."), True
        return from_json(text), again
