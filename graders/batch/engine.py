"""Grade many submissions at once: templates per environment profile, worker processes, retries.

A worker grades one submission at a time and never runs student code in itself. Whatever goes wrong
with one submission stays with it: our own failures become an ungradable result, a lost worker costs
one more try, and everybody else is graded.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from graders.errors import GradersError, SandboxError
from graders.grading import Addresses, Job, grade
from graders.notebooks.run import KERNEL_MODULES
from graders.results import NotebookResult, Outcome, SubmissionResult, from_json, to_json
from graders.sandbox.launch import Template

_TRIES = 3
_JUDGE_MODULES = ("graders.judge", "graders.datasets", "sklearn.metrics")


@dataclass(frozen=True)
class Work:
    """A job and the environment it needs."""

    job: Job
    profile: str
    modules: tuple[str, ...]
    key: str = ""


class Templates:
    """The running templates, two for each profile, started when first needed and replaced when dead."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, str], Template] = {}

    def addresses(self, profile: str, modules: tuple[str, ...]) -> Addresses:
        """Return where the templates of a profile listen."""
        kernels = self._get("kernels", profile, (*KERNEL_MODULES, *modules))
        judges = self._get("judges", profile, (*_JUDGE_MODULES, *modules))
        return Addresses(kernels.address, judges.address)

    def _get(self, kind: str, profile: str, modules: tuple[str, ...]) -> Template:
        template = self._running.get((kind, profile))
        if template is not None and not template.alive:
            template.close()
            template = None
        if template is None:
            template = self._running[kind, profile] = Template(modules)
        return template

    def close(self) -> None:
        """End all templates and with them everything they forked."""
        for template in self._running.values():
            template.close()
        self._running.clear()

    def __enter__(self) -> Templates:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def run_all(
    works: Iterable[Work], jobs: int, started: Callable[[Work], None] = lambda work: None
) -> Iterator[tuple[Work, SubmissionResult]]:
    """Grade everything on ``jobs`` worker processes and yield results as they come."""
    waiting = [(work, 1) for work in works]
    while waiting:
        lost: list[tuple[Work, int]] = []
        with Templates() as templates, _pool(jobs) as pool:
            yield from _drain(pool, templates, waiting, lost, jobs, started)
        waiting = lost


def _pool(jobs: int) -> ProcessPoolExecutor:
    # Started afresh rather than forked: a worker inherits no open files, threads or event loops.
    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))


def _drain(
    pool: ProcessPoolExecutor,
    templates: Templates,
    waiting: list[tuple[Work, int]],
    lost: list[tuple[Work, int]],
    jobs: int,
    started: Callable[[Work], None],
) -> Iterator[tuple[Work, SubmissionResult]]:
    """Keep every worker busy; put into ``lost`` what a broken pool could not finish."""
    queue, running = waiting[::-1], dict[Future[tuple[str, bool]], tuple[Work, int]]()
    while queue or running:
        while queue and len(running) < jobs:
            work, attempt = queue.pop()
            addresses = templates.addresses(work.profile, work.modules)
            started(work)
            running[pool.submit(grade_safely, work.job, addresses)] = (work, attempt)
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            work, attempt = running.pop(future)
            try:
                text, may_pass = future.result()
            except BrokenProcessPool:
                lost.extend(_again(work, attempt))
                lost.extend(again for w, a in running.values() for again in _again(w, a))
                lost.extend(queue)
                yield from _given_up(work, attempt)
                return
            if may_pass and attempt < _TRIES:
                queue.append((work, attempt + 1))
            else:
                yield work, from_json(text)


def _again(work: Work, attempt: int) -> list[tuple[Work, int]]:
    return [(work, attempt + 1)] if attempt < _TRIES else []


def _given_up(work: Work, attempt: int) -> Iterator[tuple[Work, SubmissionResult]]:
    if attempt >= _TRIES:
        yield work, ungradable(work.job, "The worker process ended each time this was graded.")


def grade_safely(job: Job, addresses: Addresses) -> tuple[str, bool]:
    """Grade in a worker; return the result as JSON, and whether a failure of ours may pass if tried again."""
    try:
        return to_json(grade(job, addresses)), False
    except SandboxError as error:
        return to_json(ungradable(job, str(error))), True
    except GradersError as error:
        return to_json(ungradable(job, str(error))), False
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
