"""Which GPUs of this machine are free, and who has which: a slot belongs to one submission at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from graders.batch.work import Work
from graders.sandbox import gpu


class Slots:
    """The GPU slots of this machine; looked for when a first submission wants one."""

    def __init__(self, look: Callable[[], tuple[str, ...]] = gpu.visible) -> None:
        self._look = look
        self._all: tuple[str, ...] | None = None
        self._free: list[str] = []

    def number(self, work: Work) -> int:
        """Return how many slots there are, free or not."""
        if self._all is None:
            self._all = work.gpu_slots or self._look()
            self._free = list(self._all)
        return len(self._all)

    def first(self, queue: deque[tuple[Work, int]]) -> int | None:
        """Return the place of the first submission in a queue whose slots are free, or that can never run."""
        for place, (work, _) in enumerate(queue):
            if not work.gpus or self.never(work) or len(self._free) >= work.gpus:
                return place
        return None

    def never(self, work: Work) -> bool:
        """Whether this machine has too few GPUs for a submission."""
        return bool(work.gpus) and self.number(work) < work.gpus

    def take(self, work: Work) -> Work:
        """Return the work with slots of its own."""
        if not work.gpus:
            return work
        self.number(work)
        taken, self._free = self._free[: work.gpus], self._free[work.gpus :]
        return replace(work, job=replace(work.job, gpus=tuple(taken)))

    def give_back(self, work: Work) -> Work:
        """Free the slots of a submission; return the work without them."""
        self._free += work.job.gpus
        return replace(work, job=replace(work.job, gpus=())) if work.job.gpus else work

    def too_few(self, work: Work) -> str:
        """Say why a submission cannot be graded on this machine."""
        return f"This machine has {self.number(work)} GPUs, and a submission of this chapter needs {work.gpus}."
