"""Another machine's part in grading: templates, workers and bundles that stay while work arrives.

Runs inside a worker of a cluster and never runs student code in it: like a local run it keeps
templates that fork kernels behind walls, and worker processes of its own that grade.
"""

from __future__ import annotations

import queue
import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from graders.batch.engine import Lane, grade_safely, outcome_of, scratch
from graders.batch.parcel import PackedBundle, Parcel, unpack, unpack_bundle
from graders.batch.templates import Templates
from graders.batch.work import Work
from graders.errors import GradersError, SandboxError
from graders.notebooks.bundle import Bundle
from graders.results import to_json

_BUNDLE_SECONDS = 60.0
T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """What a site answers: a result as JSON or, if grading could not begin, why."""

    result: str
    again: bool
    reason: str = ""


class GradingSite:
    """What one worker of a cluster keeps between submissions; used by as many threads as it has lanes."""

    def __init__(self, lanes: int) -> None:
        """Make a folder for the site's files; templates and workers start with the first submission."""
        self._stack = ExitStack()
        # Processes end with the thread that started them, so one thread that stays starts them all.
        self._keeper = self._stack.enter_context(ThreadPoolExecutor(1, "graders-keeper"))
        self._folder = Path(self._stack.enter_context(scratch()))
        self._templates = self._stack.enter_context(Templates())
        self._bundles: dict[str, Bundle] = {}
        self._arrived = threading.Condition()
        self._free: queue.SimpleQueue[Lane] = queue.SimpleQueue()
        self._lanes = [Lane(str(self._folder)) for _ in range(lanes)]
        for lane in self._lanes:
            self._free.put(lane)

    def grade(self, parcel: Parcel, packed: PackedBundle | None) -> Reply:
        """Grade what travelled here.

        ``packed`` is the chapter's bundle with the first submission of the chapter on this site, else None.
        """
        folder = Path(tempfile.mkdtemp(prefix="hand-in-", dir=self._folder), parcel.job.student)
        try:
            bundle = self._bundle(parcel.bundle_key, packed)
            unpack(parcel.items, folder)
            job = replace(parcel.job, bundle=bundle, folder=str(folder))
            return self._grade(Work(job, parcel.profile, parcel.modules))
        except GradersError as error:
            return Reply("", error.may_pass, str(error))
        finally:
            shutil.rmtree(folder.parent, ignore_errors=True)

    def close(self) -> None:
        """End everything that runs here and remove its files."""
        for lane in self._lanes:
            self._kept(lane.close)
        self._stack.close()

    def _bundle(self, key: str, packed: PackedBundle | None) -> Bundle:
        """Return a bundle by its hash: the one that came along, or one that came before or is about to."""
        with self._arrived:
            if packed is not None and key not in self._bundles:
                folder = Path(tempfile.mkdtemp(prefix="bundle-", dir=self._folder))
                self._bundles[key] = unpack_bundle(packed, folder)
                self._arrived.notify_all()
            if not self._arrived.wait_for(lambda: key in self._bundles, _BUNDLE_SECONDS):
                raise SandboxError("The chapter did not reach this worker.", hint="Grade again.")
            return self._bundles[key]

    def _grade(self, work: Work) -> Reply:
        lane = self._free.get()
        try:
            addresses = self._kept(self._templates.borrow, work)
            try:
                future = self._kept(lane.submit, grade_safely, work.job, addresses)
                wait([future])
                result, again = self._kept(outcome_of, future, lane, work)
                return Reply(to_json(result), again)
            finally:
                self._kept(self._templates.give_back, addresses)
        finally:
            self._free.put(lane)

    def _kept(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call something in the one thread that may start and end processes."""
        return self._keeper.submit(function, *arguments).result()
