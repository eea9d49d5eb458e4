"""What one submission's grading is told: plain data, so that a supervisor needs nothing heavier."""

from __future__ import annotations

from dataclasses import dataclass, field

from graders.adopted import Exact
from graders.containers import Container
from graders.course import Limits
from graders.notebooks.bundle import Bundle


@dataclass(frozen=True)
class Addresses:
    """Where to ask for student kernels and for judges, and what the template of judges was forked from."""

    kernels: str
    judges: str
    base: str = ""


@dataclass(frozen=True)
class Job:
    """One submission to grade, and everything that decides its result."""

    course: str
    bundle: Bundle
    student: str
    folder: str
    limits: Limits
    wall: str = "namespaces"
    container: Container | None = None
    gpus: tuple[str, ...] = ()  # the slots that are this submission's while it is graded
    secret: bytes = b"no secret"
    versions: dict[str, str] = field(default_factory=dict)
    exact: Exact = field(default_factory=Exact)
    ignored_noise: str = ""
