"""The templates and container pools of a run: started when first needed, replaced when worn, ended unused."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from graders.batch.work import Work
from graders.containers import Container
from graders.course import load_course
from graders.errors import CourseError
from graders.job import Addresses
from graders.notebooks.bundle import Bundle, SourceNotebook, copy_files
from graders.notebooks.plan import make_plan, plain_python
from graders.sandbox.containers import Plan
from graders.sandbox.launch import KERNEL_MODULES, Template
from graders.sandbox.launch_pool import ContainerPool
from graders.sandbox.limits import WallLimits

_FORKS_PER_TEMPLATE = 500
_GROWTH_MB = 200.0  # a template should stay as it was; one that grew is replaced
_JUDGE_MODULES = ("graders.judge", "graders.datasets", "sklearn.metrics")


class Templates:
    """The running templates: one per profile for kernels, one per chapter's given cells for judges.

    With containers a pool of them takes the place of the first kind, which then serves judges only.
    Started when first needed, replaced when they are dead, used up or grown, and ended when nothing they
    forked runs any more.
    """

    def __init__(self) -> None:
        self._running: dict[tuple[str, ...], Template] = {}
        self._busy: Counter[str] = Counter()  # by address: forked and not given back
        self._retired: list[Template] = []

    def start(self, work: Work) -> None:
        """Start the template and the containers for the kernels of some work without waiting for them."""
        key = _kernels_key(work)
        if key not in self._running:
            self._running[key] = Template((*KERNEL_MODULES, *work.modules), wait=False)
        if work.job.container is not None and _pool_key(work) not in self._running:
            self._running[_pool_key(work)] = ContainerPool(container_plan(work), wait=False)

    def borrow(self, work: Work) -> Addresses:
        """Return where the templates for some work listen; give them back with :meth:`give_back`."""
        base = self._get(_kernels_key(work), lambda: Template((*KERNEL_MODULES, *work.modules)))
        key = ("judges", work.profile, prepared_key(work.job.bundle))
        judges = self._get(key, lambda: judge_template(work.job.bundle, base), base)
        kernels = base
        if work.job.container is not None:
            kernels = self._get(_pool_key(work), lambda: ContainerPool(container_plan(work)))
        addresses = Addresses(kernels.address, judges.address, base.address)
        self._busy.update(_distinct(addresses))
        return addresses

    def expect(self, number: int) -> None:
        """Say how many kernels will be asked for at most, so that no container starts in vain."""
        for pool in self._pools():
            pool.expect(number)

    def _pools(self) -> list[ContainerPool]:
        return [pool for pool in self._running.values() if isinstance(pool, ContainerPool)]

    def memory_mb(self) -> float:
        """Return how much memory all templates have, and containers that wait with the same imports, in MB."""
        sizes = [template.resident_mb() for template in (*self._running.values(), *self._retired)]
        return sum(sizes) + max(sizes, default=0.0) * sum(pool.plan.ahead for pool in self._pools())

    def give_back(self, addresses: Addresses) -> None:
        """End what is retired and no longer needed."""
        self._busy.subtract(_distinct(addresses))
        for template in [t for t in self._retired if self._busy[t.address] <= 0]:
            self._retired.remove(template)
            template.close()

    def _get(
        self, key: tuple[str, ...], make: Callable[[], Template], base: Template | None = None
    ) -> Template:
        template = self._running.pop(key, None)
        if template is not None and not template.alive:
            template.close()
            template = None
        elif template is not None and (_worn(template) or template.base is not base):
            self._retired.append(template)  # one forked from a retired template ends with that
            template = None
        if template is None:
            self._retire_idle(key)
            template = make()
        self._running[key] = template
        template.until_ready()
        template.uses += 1
        return template

    def _retire_idle(self, key: tuple[str, ...]) -> None:
        """Make room: of each kind only the templates of work that is under way stay."""
        for other, template in list(self._running.items()):
            if other[0] == key[0] and self._busy[template.address] <= 0:
                del self._running[other]
                template.close()

    def close(self) -> None:
        """End all templates and with them everything they forked."""
        for template in (*self._running.values(), *self._retired):
            template.close()
        self._running.clear()
        self._retired.clear()

    def __enter__(self) -> Templates:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _kernels_key(work: Work) -> tuple[str, ...]:
    return "kernels", work.profile


def _pool_key(work: Work) -> tuple[str, ...]:
    return "containers", container_plan(work).to_json()


def _distinct(addresses: Addresses) -> set[str]:
    return {addresses.kernels, addresses.judges, addresses.base}


def container_plan(work: Work) -> Plan:
    """Return what the containers for some work's kernels have in common."""
    container = work.job.container or Container()
    ahead = container.ahead or len(os.sched_getaffinity(0)) * most_kernels(work.job.bundle)
    return replace(
        _plan(container),
        image=work.job.versions.get("image", container.image),
        modules=work.modules,
        limits=WallLimits.taken_from(work.job.limits),
        ahead=ahead,
        gpus=work.job.gpus,
    )


def plan_of(folder: Path) -> Plan | None:
    """Return what the containers of a course folder have in common; None if it is none, or uses none."""
    try:
        course = load_course(folder)
    except CourseError:
        return None
    return _plan(course.container) if course.wall == "container" else None


def _plan(container: Container) -> Plan:
    return Plan(**container.model_dump())


def _worn(template: Template) -> bool:
    """Whether a template has forked so often, or grown so much, that a fresh one is better."""
    return template.uses >= _FORKS_PER_TEMPLATE or template.grown_mb() > _GROWTH_MB


@lru_cache(maxsize=64)
def prepared_key(bundle: Bundle) -> str:
    """Hash of what a judge template of this bundle has run: given cells and public files, no checks."""
    return replace(bundle, notebooks=tuple(map(_given_part, bundle.notebooks[:1]))).key


def _given_part(notebook: SourceNotebook) -> SourceNotebook:
    return replace(notebook, cells=tuple(step.cell for step in make_plan(notebook).cells if step.pristine))


def judge_template(bundle: Bundle, base: Template) -> Template:
    """Fork a judge template in which the chapter's given cells have already run, where that is safe.

    It comes from the profile's template, whose imports it shares; no student code ever ran in either.
    """
    pristine = [step for n in bundle.notebooks[:1] for step in make_plan(n).cells if step.pristine]
    cells = [(plain_python(step.cell.source), sorted(step.uses)) for step in pristine]
    with tempfile.TemporaryDirectory() as folder:
        copy_files(bundle, Path(folder, "files"))
        plan = Path(folder, "plan.json")
        while True:
            plan.write_text(json.dumps({"folder": str(Path(folder, "files")), "cells": cells}))
            template = Template(_JUDGE_MODULES, f"graders.names:prepare={plan}", base)
            if template.threads <= 1 or not cells:
                return template
            template.close()  # a cell started threads, which no fork would carry over: stop before it
            cells = cells[: template.prepared]


def most_kernels(bundle: Bundle) -> int:
    """Return how many kernels one submission needs at most: a second one where times are compared."""
    return 2 if _is_timed(bundle) else 1


def _is_timed(bundle: Bundle) -> bool:
    """Whether a check compares times, with a second kernel that runs the reference."""
    return any(step.timed_names for notebook in bundle.notebooks for step in make_plan(notebook).cells)
