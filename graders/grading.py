"""Grade one submission: sanitise, plan, fork, run, judge, result. Plain data in, plain data out.

Knows nothing of databases, of other submissions or of how many run at once; raises our own errors and
never turns them into a score.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dateutil.parser import parse as parse_date

from graders.budgets import Budgets
from graders.errors import JudgeError, SandboxError, SubmissionError
from graders.inline import inline_results, without_outputs
from graders.job import Addresses, Job
from graders.judging import Judging
from graders.notebooks.bundle import SourceCell, SourceNotebook
from graders.notebooks.plan import CellPlan, Plan, make_plan, plain_python
from graders.notebooks.run import Code, Run, Session, line_table
from graders.notebooks.sanitise import HandIn, accept_files, find_notebook, rebuild
from graders.notebooks.turns import takes_turns
from graders.results import CellResult, Meter, NotebookResult, Outcome, Record, Role, SubmissionResult, worst
from graders.turns import Turns, codes_of, name_of

_STOPPED = (Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED)


def grade(job: Job, addresses: Addresses) -> SubmissionResult:
    """Grade a submission; raises GradersError for our own failures, and where nbgrader's own are asked for."""
    began, before = time.monotonic(), time.process_time()
    files, notes = accept_files(Path(job.folder), job.bundle, job.limits)
    parts = [_grade_notebook(job, notebook, files, addresses) for notebook in job.bundle.notebooks]
    notebooks = tuple(replace(part, notes=(*part.notes, *notes)) for part, _, _ in parts)
    if job.exact.stale_scores and Outcome.CRASHED in {c.outcome for n in notebooks for c in n.cells}:
        raise SubmissionError("A cell ended the kernel, and adopted.toml asks for no score then.")
    meters = [meter for _, meter, _ in parts]
    costs = _costs(notebooks, sum(m.cpu_seconds for m in meters), sum(judge for _, _, judge in parts))
    costs["worker"] = round(time.process_time() - before, 4)
    return SubmissionResult(
        course=job.course,
        chapter=job.bundle.chapter,
        student=job.student,
        outcome=worst([notebook.outcome for notebook in notebooks]),
        notebooks=notebooks,
        message=" ".join(n.message for n in notebooks if n.message),
        audit=tuple(fact for n in notebooks for fact in (*n.audit, *n.notes)),
        submitted_at=_timestamp(Path(job.folder)),
        wall=job.wall,
        meter=Meter(
            cpu_seconds=sum(meter.cpu_seconds for meter in meters),
            wall_seconds=time.monotonic() - began,
            peak_memory_mb=max((meter.peak_memory_mb for meter in meters), default=0.0),
            gpu_seconds=sum(meter.gpu_seconds for meter in meters),
            peak_gpu_mb=max((meter.peak_gpu_mb for meter in meters), default=0.0),
        ),
        costs=costs,
        versions=job.versions,
    )


def _costs(notebooks: tuple[NotebookResult, ...], kernel: float, judge: float) -> dict[str, float]:
    """Return where the CPU seconds of student kernels and judges went."""
    cells = [cell for notebook in notebooks for cell in notebook.cells]
    checks = sum(cell.meter.cpu_seconds for cell in cells if cell.role is Role.CHECKS)
    own = sum(cell.meter.cpu_seconds for cell in cells) - checks
    parts = {"cells": own, "checks": checks, "kernel": max(0.0, kernel - own - checks), "judge": judge}
    return {name: round(seconds, 4) for name, seconds in parts.items()}


def _timestamp(folder: Path) -> str:
    """Return nbgrader's time of submission, empty if there is none that can be read."""
    path = folder / "timestamp.txt"
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 200:
        return ""
    text = path.read_text(errors="replace").strip()
    try:
        parse_date(text)
    except (ValueError, OverflowError):
        return ""
    return text


def _grade_notebook(
    job: Job, notebook: SourceNotebook, files: dict[str, str], addresses: Addresses
) -> tuple[NotebookResult, Meter, float]:
    try:
        path = find_notebook(Path(job.folder), notebook, job.bundle)
        hand_in = rebuild(notebook, path, job.limits)
    except SubmissionError as error:
        return _unreadable(notebook, str(error)), Meter(), 0.0
    return asyncio.run(_NotebookGrading(job, hand_in, files, addresses).grade())


def _unreadable(notebook: SourceNotebook, message: str) -> NotebookResult:
    """Return the result of a notebook that could not be read: nothing earned, and why."""
    cells = [_skipped_cell(cell, message) for cell in notebook.cells if cell.role is Role.CHECKS]
    return NotebookResult(notebook.name, Outcome.FAILED, tuple(cells), message)


def _skipped_cell(cell: SourceCell, message: str) -> CellResult:
    asked = "The notebook can be read"
    record = Record(f"{cell.name}#1", asked, Outcome.SKIPPED, 0.0, cell.points, detail=message)
    place = (cell.cell_id, cell.cell_type, cell.role, cell.visible, cell.exercise)
    return CellResult(*place, Outcome.SKIPPED, 0.0, cell.points, (record,))


@dataclass
class _NotebookGrading:
    """The steps of grading one rebuilt notebook, and what they share."""

    job: Job
    hand_in: HandIn
    files: dict[str, str]
    addresses: Addresses
    judge_seconds: float = 0.0

    async def grade(self) -> tuple[NotebookResult, Meter, float]:
        """Run the student's cells, then judge the checks cells, and put the result together."""
        plan = make_plan(self.hand_in.notebook)
        session = self._session()
        try:
            await session.start()
            runs = await session.run(codes_of(self.hand_in.cells))
            turns = Turns(session, self.hand_in.cells if takes_turns(plan, self.hand_in.cells) else ())
            await turns.begin()
            judged = await self._judge(plan, session, runs, turns)
        finally:
            await session.close()
        if session.gpus.lost:  # whatever came of it: not of the student's doing
            raise SandboxError(f"A GPU was lost: {session.gpus.lost}.", hint="Look at: nvidia-smi")
        judged |= self._inline(plan, runs)
        if self.job.exact.hidden_in_feedback:
            whole = {cell.cell_id: cell.source for cell in self.hand_in.notebook.cells}
            judged = {name: replace(found, source=whole[name]) for name, found in judged.items()}
        ours = Budgets(self.hand_in, codes_of(self.hand_in.cells), runs, self._session, self._reference_session)
        judged = await ours.settle(judged)
        cells = without_outputs(tuple(self._cell_results(runs, judged)))
        gpus = session.gpus
        meter = Meter(session.cpu_seconds, 0.0, session.peak_memory_mb, gpus.seconds, gpus.peak_mb)
        name, notes = self.hand_in.notebook.name, self.hand_in.notes
        result = NotebookResult(name, _outcome(cells), cells, "", notes, _audit(cells, session.facts))
        return result, meter, self.judge_seconds

    def _session(self) -> Session:
        return self._session_with(self.files)

    def _reference_session(self) -> Session:
        files = dict(self.job.bundle.files)
        return self._session_with(files)

    def _session_with(self, files: dict[str, str]) -> Session:
        job, program = self.job, self.hand_in.notebook.kernel
        place = (self.addresses.kernels, job.limits)
        return Session(*place, wall=job.wall, files=files, gpus=job.gpus, program=program)

    def _inline(self, plan: Plan, runs: dict[str, Run]) -> dict[str, CellResult]:
        """Return the results of checks cells that ran in the student's kernel."""
        exact, noise = self.job.exact, self.job.ignored_noise
        return inline_results((step.cell for step in plan.cells if step.inline), runs, exact, noise)

    async def _judge(
        self, plan: Plan, session: Session, runs: dict[str, Run], turns: Turns
    ) -> dict[str, CellResult]:
        """Go through the given and checks cells in the judge; return the results of checks cells."""
        judged: dict[str, CellResult] = {}
        timed = False
        if all(step.inline or step.cell.role is not Role.CHECKS for step in plan.cells):
            return judged
        judging = Judging(self.job, self.addresses, session)
        try:
            judging.attach()
            seen = any(step.inline and step.cell.hidden_lines for step in plan.cells)
            lines = line_table(codes_of(self.hand_in.cells))
            judging.tell({"do": "lines", "lines": lines, "seen_hidden": seen})
            for number, step in enumerate(plan.cells):
                if step.pristine:
                    judging.tell({"do": "given", "source": _for_judge(step.cell), "name": name_of(step.cell)})
                elif step.cell.role is Role.CHECKS and not step.inline:
                    await turns.run_before(step.cell.cell_id, judging)
                    if step.timed_names and not timed:
                        began, timed = time.monotonic(), True
                        await judging.attach_reference(await self._reference(plan))
                        session.extend(time.monotonic() - began)
                    judged[step.cell.cell_id] = await self._checks(judging, session, plan, number, runs)
        finally:
            await judging.close()
            self.judge_seconds += judging.cpu_seconds
        return judged

    async def _reference(self, plan: Plan) -> Session:
        """Start a kernel that runs the reference of everything timed, in the same kind of wall."""
        timed = {name for step in plan.cells for name in step.timed_names}
        cells = plan.slice_for(timed, len(plan.cells))
        session = self._reference_session()
        await session.start()
        codes = [Code(c.cell_id, name_of(c), c.source) for c in cells]
        codes += [Code(f"{name_of(s.cell)}-baselines", "", s.baselines) for s in plan.cells if s.baselines]
        runs = await session.run(codes)
        failed = [cell_id for cell_id, run in runs.items() if run.outcome is not Outcome.PASSED]
        if failed:
            await session.close()
            raise JudgeError(f"The reference fails in cell {failed[0]!r}.", hint="Run: graders verify")
        return session

    async def _checks(
        self, judging: Judging, session: Session, plan: Plan, number: int, runs: dict[str, Run]
    ) -> CellResult:
        """Judge one checks cell; if the student's kernel ends in it, the next one gets a new kernel.

        A crash is made sure of once more, since anything on the machine may have killed the kernel.
        """
        step, began = plan.cells[number], time.monotonic()
        order = self._order(step, plan.cells[:number], runs)
        used, reply = await self._ask(judging, session, order)
        if not reply["alive"] and await self._replace(judging, session) and _crashed(reply):
            used, reply = await self._ask(judging, session, order)
            if not reply["alive"]:
                await self._replace(judging, session)
        meter = Meter(used, time.monotonic() - began)
        return replace(_checked(step.cell, tuple(map(_record, reply["records"]))), meter=meter)

    async def _ask(
        self, judging: Judging, session: Session, order: dict[str, Any]
    ) -> tuple[float, dict[str, Any]]:
        """Have a checks cell judged; return the CPU seconds the student's processes used, and the reply."""
        if session.left <= 0:
            return 0.0, judging.out_of_time(order)
        order = {**order, "budget_seconds": min(order["budget_seconds"], session.left)}
        clock = session.sandbox.clock if session.running else None
        before = clock.seconds() if clock else 0.0
        reply = await judging.check(order)
        session.extend(reply["own_seconds"])
        ending = session.sandbox.poll(1.0) if session.running and not reply["alive"] else None
        if ending is not None and ending.reason == "lost":
            raise SandboxError("The template of a student kernel ended.", hint="Run: graders doctor")
        if ending is not None and ending.reason == "memory":
            reply["records"] = [_as_out_of_memory(plain) for plain in reply["records"]]
        return (clock.seconds() - before if clock else 0.0), reply

    async def _replace(self, judging: Judging, session: Session) -> bool:
        """Give the judge a new student kernel; False if kernels ended too often."""
        if not session.exhausted:
            await session.restart()
        if not session.running:
            return False
        judging.attach()
        return True

    def _order(self, step: CellPlan, earlier: Iterable[CellPlan], runs: dict[str, Run]) -> dict[str, Any]:
        unusable = {
            name: runs[other.cell.cell_id].why
            for other in earlier
            if other.cell.cell_id in runs and runs[other.cell.cell_id].why
            for name in other.binds
        }
        return {
            "do": "checks",
            "name": name_of(step.cell),
            "source": _for_judge(step.cell),
            "points": step.cell.points,
            "hidden_lines": list(step.cell.hidden_lines),
            "student_names": sorted(step.student_names),
            "unusable": unusable,
            "timed": bool(step.timed_names),
            "classes": sorted(step.classes),
            "anything": step.anything,
            "files": [name for name in step.files if name not in dict(self.job.bundle.files)],
            "exact_numbers": self.job.exact.numbers,
            "noise": self.job.ignored_noise if self.job.exact.stderr else None,
            "budget_seconds": self.job.limits.cell_seconds,
        }

    def _cell_results(self, runs: dict[str, Run], judged: dict[str, CellResult]) -> Iterator[CellResult]:
        exercise = ""
        for cell in self.hand_in.cells:
            exercise = cell.origin.exercise or exercise
            if cell.origin.cell_id in judged:
                yield judged[cell.origin.cell_id]
                continue
            run = runs.get(cell.origin.cell_id)
            yield CellResult(
                cell_id=cell.origin.cell_id,
                cell_type=cell.origin.cell_type,
                role=cell.role,
                source=cell.text,
                exercise=exercise,
                outcome=run.outcome if run else None,
                max_points=cell.origin.points,
                outputs=run.outputs if run else (),
                error=run.error if run else None,
                meter=run.meter if run else Meter(),
            )


def _audit(cells: tuple[CellResult, ...], facts: list[str]) -> tuple[str, ...]:
    """Return the facts worth telling an instructor: limits touched, calls denied, kernels ended."""
    stopped = [f"cell {c.cell_id}: {c.outcome.value}" for c in cells if c.outcome and c.outcome in _STOPPED]
    return (*facts, *stopped)


def _for_judge(cell: SourceCell) -> str:
    return plain_python(cell.source)


def _record(plain: dict[str, Any]) -> Record:
    return Record(**{**plain, "outcome": Outcome(plain["outcome"]), "meter": Meter(**plain["meter"])})


def _crashed(reply: dict[str, Any]) -> bool:
    return any(plain["outcome"] == Outcome.CRASHED for plain in reply["records"])


def _as_out_of_memory(plain: dict[str, Any]) -> dict[str, Any]:
    if plain["outcome"] != Outcome.CRASHED:
        return plain
    detail = "Your code needs more memory than it may."
    return {**plain, "outcome": Outcome.OUT_OF_MEMORY.value, "detail": detail}


def _checked(cell: SourceCell, records: tuple[Record, ...]) -> CellResult:
    """Return a checks cell's result: its points are the sum of its records', None if one has none."""
    points = [record.points for record in records]
    ungradable = any(p is None for p in points)
    return CellResult(
        cell_id=cell.cell_id,
        cell_type=cell.cell_type,
        role=cell.role,
        source=cell.visible,
        exercise=cell.exercise,
        outcome=worst([record.outcome for record in records]),
        points=None if ungradable else round(sum(p or 0.0 for p in points), 4),
        max_points=cell.points,
        records=records,
    )


def _outcome(cells: tuple[CellResult, ...]) -> Outcome:
    """Return a notebook's outcome: the worst of its checks and of cells that had to be stopped.

    A check that could not be made for want of an answer is skipped; the notebook as a whole failed.
    """
    checks = [cell.outcome for cell in cells if cell.role is Role.CHECKS and cell.outcome]
    stopped = [cell.outcome for cell in cells if cell.outcome in _STOPPED]
    outcome = worst([*checks, *stopped])
    return Outcome.FAILED if outcome is Outcome.SKIPPED else outcome
