"""What became of known hand-ins: what they lost, what they should have lost, and what that tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graders.quality.mutants import Mutant
from graders.results import CellResult, Outcome, Record, Role, SubmissionResult

TOLERANCE = 0.005  # points
_NOT_A_VERDICT = (Outcome.PASSED, Outcome.SKIPPED, Outcome.UNGRADABLE)


@dataclass(frozen=True)
class Graded:
    """What grading one hand-in showed: points lost by checks cell, checks failed, texts shown, problems."""

    lost: dict[str, float] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    cpu_seconds: float = 0.0


@dataclass(frozen=True)
class Case:
    """One known hand-in: what it should lose and be told, and what it lost (``known``: in an earlier run)."""

    chapter: str
    name: str
    expected: dict[str, float]
    hint: str = ""
    graded: Graded = field(default_factory=Graded)
    known: bool = False

    @property
    def lost(self) -> dict[str, float]:
        """Points lost, by checks cell."""
        return self.graded.lost

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything but points that is not as it should be."""
        told = any(self.hint in text for text in self.graded.hints)
        missing = () if not self.hint or told else (f"it should be told: {self.hint}",)
        return (*self.graded.problems, *missing)

    @property
    def holds(self) -> bool:
        """Whether the hand-in lost exactly what it should, and was told what it should."""
        cells = self.lost.keys() | self.expected.keys()
        near = (abs(self.lost.get(c, 0.0) - self.expected.get(c, 0.0)) <= TOLERANCE for c in cells)
        return not self.problems and all(near)


@dataclass(frozen=True)
class MutantCase:
    """One mutant: whether it lost any point, or why it is accepted that it did not."""

    chapter: str
    mutant: Mutant
    graded: Graded
    reason: str = ""

    @property
    def killed(self) -> bool:
        """Whether the checks noticed it."""
        return bool(self.graded.lost)


@dataclass(frozen=True)
class Report:
    """What verifying a chapter showed."""

    chapter: str
    cases: tuple[Case, ...]
    mutants: tuple[MutantCase, ...] = ()
    kill_rate: float = 0.9
    hidden: dict[str, str] = field(default_factory=dict)
    unsteady: tuple[str, ...] = ()
    leaks: tuple[str, ...] = ()
    stale: tuple[tuple[str, str, str, str], ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def counted(self) -> list[MutantCase]:
        """The mutants that count: all but survivors that are accepted."""
        return [m for m in self.mutants if m.killed or not m.reason]

    @property
    def rate(self) -> float:
        """Share of the mutants that count which lost a point; 1 if there are none."""
        return sum(m.killed for m in self.counted) / len(self.counted) if self.counted else 1.0

    @property
    def survivors(self) -> list[MutantCase]:
        """Mutants that lost nothing and that nobody has explained."""
        return [m for m in self.counted if not m.killed]

    @property
    def never_failed(self) -> dict[str, str]:
        """Hidden checks that no mistake and no mutant failed: nothing shows that they are needed."""
        runs = [*(c.graded for c in self.cases if c.name != "release"), *(m.graded for m in self.mutants)]
        failed = {name for run in runs for name in run.failed}
        return {name: asked for name, asked in self.hidden.items() if name not in failed}

    @property
    def findings(self) -> list[str]:
        """What keeps the chapter from being verified, apart from cases."""
        found = [f"given cells: {text}" for text in self.unsteady] + [f"leak: {text}" for text in self.leaks]
        if self.rate < self.kill_rate:
            found.append(f"{self.rate:.0%} of the mutants lost a point; {self.kill_rate:.0%} must")
        if self.mutants:
            found += [f"needed by no mistake or mutant: {n}, {asked}" for n, asked in self.never_failed.items()]
        return found

    @property
    def holds(self) -> bool:
        """Whether everything is as it should be."""
        return all(case.holds for case in self.cases) and not self.findings


def graded_of(result: SubmissionResult) -> Graded:
    """Return what grading a hand-in showed."""
    checks = [c for n in result.notebooks for c in n.cells if c.role is Role.CHECKS]
    records = [record for cell in checks for record in cell.records]
    failed = [record for record in records if record.outcome is not Outcome.PASSED]
    # An ungradable cell has no points; that is a problem, told below, and no loss.
    lost = {c.cell_id: round(c.max_points - c.points, 4) for c in checks if c.points is not None}
    return Graded(
        lost={name: points for name, points in sorted(lost.items()) if points > TOLERANCE},
        failed=tuple(record.name for record in failed if record.outcome not in _NOT_A_VERDICT),
        hints=tuple(dict.fromkeys(text for r in failed for text in (r.hint, r.detail) if text)),
        problems=tuple(_problems(result, checks)),
        cpu_seconds=round(result.meter.cpu_seconds, 3),
    )


def _problems(result: SubmissionResult, checks: list[CellResult]) -> Iterator[str]:
    """Yield what no hand-in must meet: anything of ours that failed."""
    if result.outcome is Outcome.UNGRADABLE and not checks:
        yield result.staff or "ungradable"
    records: list[Record] = [record for cell in checks for record in cell.records]
    for record in records:
        if record.outcome is Outcome.UNGRADABLE:
            yield f"{record.name} {record.asked}: {record.staff}"
