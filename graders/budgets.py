"""Training budgets: CPU time of a whole answer cell, as a multiple of the reference's for the same cell.

The cell's kernel and the reference's stand behind the same kind of wall and run the same cells before it; times
are read from outside. A cell over its budget is measured again, both sides anew, and the best ratio counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from graders.check.timing import TOO_NOISY
from graders.errors import JudgeError
from graders.notebooks.bundle import SourceCell
from graders.notebooks.run import Code, Run, Session
from graders.notebooks.sanitise import HandIn
from graders.results import CellResult, Outcome, Record, worst

FLOOR_SECONDS = 0.1  # a cheaper reference counts as this much: below it a cell is mostly overhead
_ROUNDS = 3


@dataclass(frozen=True)
class Budgets:
    """The cells of a notebook with a budget, what the student's run of each used, and kernels to run more."""

    hand_in: HandIn
    codes: list[Code]  # the student's, in order
    runs: dict[str, Run]
    student: Callable[[], Session]
    reference: Callable[[], Session]

    @property
    def cells(self) -> tuple[SourceCell, ...]:
        """The instructor's cells, in order."""
        return self.hand_in.notebook.cells

    async def settle(self, judged: dict[str, CellResult]) -> dict[str, CellResult]:
        """Add the record of each budget to the first checks cell after its answer cell."""
        found = dict(judged)
        for number, cell in enumerate(self.cells):
            target = next((c for c in self.cells[number:] if c.cell_id in judged and c.points), None)
            if cell.budget is not None and target is not None and cell.cell_id in self.runs:
                found[target.cell_id] = await self._settled(cell, found[target.cell_id])
        return found

    async def _settled(self, cell: SourceCell, result: CellResult) -> CellResult:
        """Return a checks cell's result with the budget as one more check; its other checks share the rest."""
        share = result.max_points / (1 + sum(record.max_points > 0 for record in result.records))
        rest = 1 - share / result.max_points
        records = [
            replace(
                record,
                points=None if record.points is None else round(record.points * rest, 6),
                max_points=round(record.max_points * rest, 6),
            )
            for record in result.records
        ]
        earned = sum(record.points or 0.0 for record in records)
        records.append(await self._record(cell, share, earned > 0))
        points = [record.points for record in records]
        total = None if None in points else round(sum(p or 0.0 for p in points), 4)
        outcome = worst([record.outcome for record in records])
        return replace(result, records=tuple(records), points=total, outcome=outcome)

    async def _record(self, cell: SourceCell, points: float, works: bool) -> Record:
        budget, run = cell.budget or 0.0, self.runs[cell.cell_id]
        blank = Record(
            name=f"{cell.name}#budget",
            asked=f"The cell `{cell.name}` stays within its time",
            outcome=Outcome.SKIPPED,
            max_points=round(points, 6),
            required=f"at most {budget:g} times the CPU time of the reference",
        )
        if run.outcome is not Outcome.PASSED:
            return replace(blank, detail=f"There is no time to compare: {run.why}")
        if not works:
            return replace(blank, detail="It counts when a check of what the cell made holds.")
        return await self._measured(cell, budget, run.meter.cpu_seconds, blank)

    async def _measured(self, cell: SourceCell, budget: float, theirs: float, blank: Record) -> Record:
        ours = [await self._reference_seconds(cell)]
        ratios = [theirs / max(ours[0], FLOOR_SECONDS)]
        while ratios[-1] > budget and len(ratios) < _ROUNDS:
            seconds = await self._seconds(self.student(), self.codes, cell)
            ours.append(await self._reference_seconds(cell))
            ratios.append(seconds / max(ours[-1], FLOOR_SECONDS) if seconds >= 0 else ratios[0])
        ratio = min(ratios)
        if ratio > budget and max(ours) > TOO_NOISY * max(min(ours), FLOOR_SECONDS):
            staff = f"The reference needed {min(ours):.2g} to {max(ours):.2g} seconds."
            return replace(blank, outcome=Outcome.UNGRADABLE, points=None, staff=staff)
        passed = ratio <= budget
        return replace(
            blank,
            outcome=Outcome.PASSED if passed else Outcome.FAILED,
            points=blank.max_points if passed else 0.0,
            measured=f"{ratio:.2g} times",
            detail="" if passed else "The cell needs more time than its budget.",
            metrics={"ratio": float(f"{ratio:.3g}"), "limit": budget, "rounds": len(ratios)},
        )

    async def _reference_seconds(self, cell: SourceCell) -> float:
        codes = [Code(c.cell_id, c.name, c.source) for c in self.cells if c.runs]
        seconds = await self._seconds(self.reference(), codes, cell)
        if seconds < 0:
            raise JudgeError(f"The reference fails up to cell {cell.name!r}.", hint="Run: graders verify")
        return seconds

    @staticmethod
    async def _seconds(session: Session, codes: list[Code], cell: SourceCell) -> float:
        """Return the CPU seconds of a cell in a fresh kernel that ran those before it; -1 if it fails."""
        last = next(i for i, code in enumerate(codes) if code.cell_id == cell.cell_id)
        try:
            await session.start()
            run = (await session.run(codes[: last + 1]))[cell.cell_id]
        finally:
            await session.close()
        return run.meter.cpu_seconds if run.outcome is Outcome.PASSED else -1.0
