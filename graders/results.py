"""The contract between all parts: what grading one submission produced, as plain data.

Nothing in here runs anything. Every part after grading (ledger, gradebook, feedback, reports) reads
these records and no notebook. Imports only :mod:`graders.errors`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

SCHEMA = 1


class Outcome(StrEnum):
    """How a check, a cell or a submission ended. ``ungradable`` is our fault and carries no score."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    UNGRADABLE = "ungradable"


class Role(StrEnum):
    """What a cell is for and whose text it is (design section 2)."""

    PROSE = "prose"
    GIVEN = "given"
    ANSWER = "answer"
    CHECKS = "checks"
    ESSAY = "essay"
    ADDED = "added"


@dataclass(frozen=True)
class Meter:
    """What a piece of work cost, measured from outside: seconds of CPU and wall time, peak MB.

    ``gpu_seconds`` is for how long its GPUs computed, added up over them; 0 for parts of a GPU (MIG).
    """

    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_memory_mb: float = 0.0
    gpu_seconds: float = 0.0
    peak_gpu_mb: float = 0.0


@dataclass(frozen=True)
class Record:
    """The result of one check.

    ``asked``, ``required``, ``measured``, ``detail`` and ``hint`` are written for the student and
    never contain a hidden value. ``staff`` is for instructors only and must not reach a student.
    ``metrics`` holds plain numbers behind the verdict (scores, interval, n, seeds, ratios).
    """

    name: str
    asked: str
    outcome: Outcome
    points: float | None = 0.0
    max_points: float = 0.0
    hidden: bool = False
    required: str = ""
    measured: str = ""
    detail: str = ""
    hint: str = ""
    staff: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)
    meter: Meter = field(default_factory=Meter)


@dataclass(frozen=True)
class CellError:
    """A student's exception, as data: its type, a shortened message, a shortened traceback."""

    name: str
    message: str
    traceback: str = ""


@dataclass(frozen=True)
class CellResult:
    """One cell of the rebuilt notebook and what became of it.

    ``source`` is only what a student may see. ``outputs`` are nbformat outputs, bounded in size.
    ``points`` is None when nothing was scored: ungraded cells, essays before a human saw them,
    and everything ungradable.
    """

    cell_id: str
    cell_type: str
    role: Role
    source: str
    exercise: str = ""
    outcome: Outcome | None = None
    points: float | None = None
    max_points: float = 0.0
    records: tuple[Record, ...] = ()
    outputs: tuple[dict[str, Any], ...] = ()
    error: CellError | None = None
    mode: str = "split"
    meter: Meter = field(default_factory=Meter)


@dataclass(frozen=True)
class NotebookResult:
    """One notebook of a submission: its cells in source order and facts worth telling about it."""

    name: str
    outcome: Outcome
    cells: tuple[CellResult, ...] = ()
    message: str = ""
    notes: tuple[str, ...] = ()
    audit: tuple[str, ...] = ()

    @property
    def points(self) -> float | None:
        """Sum of the automatic points; None if any graded cell is ungradable."""
        graded = [c for c in self.cells if c.role is Role.CHECKS]
        if any(c.points is None for c in graded):
            return None
        return sum(c.points or 0.0 for c in graded)

    @property
    def max_points(self) -> float:
        """Sum of the points that checks can give (essays are marked by hand and not counted)."""
        return sum(c.max_points for c in self.cells if c.role is Role.CHECKS)


@dataclass(frozen=True)
class SubmissionResult:
    """Everything grading one submission produced; the JSON of this is what the ledger keeps.

    ``message`` is for the student, ``staff`` for instructors and operators only, and so is ``audit``:
    facts about what the submission tried or used up. ``costs`` says where the CPU seconds went: the
    student's own ``cells``, their code called by ``checks``, and the ``kernel``, ``judge`` and ``worker``
    around them.
    """

    course: str
    chapter: str
    student: str
    outcome: Outcome
    notebooks: tuple[NotebookResult, ...] = ()
    message: str = ""
    staff: str = ""
    audit: tuple[str, ...] = ()
    submitted_at: str = ""
    wall: str = ""
    meter: Meter = field(default_factory=Meter)
    costs: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    schema: int = SCHEMA

    @property
    def needs_attention(self) -> bool:
        """Whether a person should look: not gradable, not readable, or stopped on the way."""
        stopped = (Outcome.UNGRADABLE, Outcome.CRASHED, Outcome.OUT_OF_MEMORY, Outcome.TIMED_OUT)
        return self.outcome in stopped or bool(self.message)

    @property
    def points(self) -> float | None:
        """Sum of the automatic points over the notebooks; None if anything is ungradable."""
        parts = [notebook.points for notebook in self.notebooks]
        if self.outcome is Outcome.UNGRADABLE or any(p is None for p in parts):
            return None
        return sum(p or 0.0 for p in parts)

    @property
    def max_points(self) -> float:
        """Points that the checks of the chapter can give."""
        return sum(notebook.max_points for notebook in self.notebooks)


@cache
def _adapter() -> Any:
    """The JSON codec; pydantic is imported on first use because student kernels never need it."""
    from pydantic import TypeAdapter

    return TypeAdapter(SubmissionResult)


def to_json(result: SubmissionResult) -> str:
    """Write a result as JSON text; the same result always gives the same text.

    Half a character (a lone surrogate), which students can put anywhere, becomes a question mark.
    """
    try:
        text: bytes = _adapter().dump_json(result)
    except ValueError:
        text = _adapter().dump_json(_adapter().validate_python(_whole(asdict(result))))
    return text.decode()


def _whole(value: Any) -> Any:
    """Replace what is no character in every text of plain data."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list | tuple) else value


def from_json(text: str) -> SubmissionResult:
    """Read a result back; raises pydantic's ValidationError on text this version cannot read."""
    result: SubmissionResult = _adapter().validate_json(text)
    return result


# Worst first: the outcome of a whole is the worst of its parts' when it is anything but pass/fail.
_SEVERITY = (
    Outcome.UNGRADABLE,
    Outcome.CRASHED,
    Outcome.OUT_OF_MEMORY,
    Outcome.TIMED_OUT,
    Outcome.FAILED,
    Outcome.SKIPPED,
    Outcome.PASSED,
)


def worst(outcomes: list[Outcome]) -> Outcome:
    """Return the most serious outcome of a list; ``passed`` for an empty one."""
    return min(outcomes, key=_SEVERITY.index, default=Outcome.PASSED)


# What libraries call it if memory is not enough: TensorFlow and torch, on a GPU too, and JAX.
_OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError", "OutOfMemoryError")
_OF_XLA = ("XlaRuntimeError", "JaxRuntimeError")


def says_out_of_memory(names: list[str], message: str) -> bool:
    """Whether an exception says that memory was not enough, by the names of its classes and its message."""
    known = {name.rsplit(".", 1)[-1] for name in names}
    exhausted = message.lstrip().startswith("RESOURCE_EXHAUSTED")
    return not known.isdisjoint(_OUT_OF_MEMORY) or (exhausted and not known.isdisjoint(_OF_XLA))
