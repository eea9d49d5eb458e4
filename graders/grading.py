"""Grade one submission: sanitise, plan, fork, run, judge, result. Plain data in, plain data out.

Knows nothing of databases, of other submissions or of how many run at once; raises our own errors and
never turns them into a score.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dateutil.parser import parse as parse_date

from graders.bridge.wire import Frame, PeerGone, PeerSlow, receive, send
from graders.budgets import Budgets
from graders.course import Limits
from graders.errors import JudgeError, JudgeLost, SandboxError, SubmissionError
from graders.job import Addresses, Job
from graders.notebooks.bundle import SourceCell, SourceNotebook, copy_files
from graders.notebooks.plan import CellPlan, Plan, make_plan, plain_python
from graders.notebooks.run import Code, Run, Session, line_table
from graders.notebooks.sanitise import HandIn, accept_files, find_notebook, rebuild
from graders.results import CellResult, Meter, NotebookResult, Outcome, Record, Role, SubmissionResult, worst
from graders.sandbox.launch import Sandbox, start
from graders.sandbox.limits import WallLimits
from graders.sandbox.meter import cpu_seconds

_STOPPED = (Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED)
_JUDGE_SECONDS = 120.0  # what the judge's own work in one cell may take on top of the student's


def grade(job: Job, addresses: Addresses) -> SubmissionResult:
    """Grade a submission; raises GradersError for our own failures."""
    began, before = time.monotonic(), time.process_time()
    files, notes = accept_files(Path(job.folder), job.bundle, job.limits)
    parts = [_grade_notebook(job, notebook, files, addresses) for notebook in job.bundle.notebooks]
    notebooks = tuple(replace(part, notes=(*part.notes, *notes)) for part, _, _ in parts)
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
            runs = await session.run(_codes(self.hand_in))
            judged = await self._judge(plan, session, runs)
        finally:
            await session.close()
        ours = Budgets(self.hand_in, _codes(self.hand_in), runs, self._session, self._reference_session)
        judged = await ours.settle(judged)
        cells = tuple(self._cell_results(runs, judged))
        meter = Meter(session.cpu_seconds, 0.0, session.peak_memory_mb)
        name, notes = self.hand_in.notebook.name, self.hand_in.notes
        result = NotebookResult(name, _outcome(cells), cells, "", notes, _audit(cells, session.facts))
        return result, meter, self.judge_seconds

    def _session(self) -> Session:
        return Session(self.addresses.kernels, self.job.limits, wall=self.job.wall, files=self.files)

    def _reference_session(self) -> Session:
        files = dict(self.job.bundle.files)
        return Session(self.addresses.kernels, self.job.limits, wall=self.job.wall, files=files)

    async def _judge(self, plan: Plan, session: Session, runs: dict[str, Run]) -> dict[str, CellResult]:
        """Go through the given and checks cells in the judge; return the results of checks cells."""
        judged: dict[str, CellResult] = {}
        reference: Session | None = None
        with _judge_process(self.job, self.addresses, self.files) as judge:
            try:
                judge.ask({"do": "lines", "lines": line_table(_codes(self.hand_in))})
                if session.running:
                    judge.attach(session, self._message_limit)
                for number, step in enumerate(plan.cells):
                    if step.pristine:
                        judge.ask({"do": "given", "source": _for_judge(step.cell), "name": _name(step.cell)})
                    elif step.cell.role is Role.CHECKS:
                        if step.timed_names and reference is None:
                            reference = await self._reference(plan, judge)
                        judged[step.cell.cell_id] = await self._checks(judge, session, plan, number, runs)
            finally:
                self.judge_seconds += cpu_seconds(judge.pid)
                if reference is not None:
                    await reference.close()
        return judged

    @property
    def _message_limit(self) -> int:
        return self.job.limits.message_mb * 2**20

    async def _reference(self, plan: Plan, judge: JudgeProcess) -> Session:
        """Start a kernel that runs the reference of everything timed, in the same kind of wall."""
        timed = {name for step in plan.cells for name in step.timed_names}
        cells = plan.slice_for(timed, len(plan.cells))
        session = self._reference_session()
        await session.start()
        codes = [Code(c.cell_id, _name(c), c.source) for c in cells]
        codes += [Code(f"{_name(s.cell)}-baselines", "", s.baselines) for s in plan.cells if s.baselines]
        runs = await session.run(codes)
        failed = [cell_id for cell_id, run in runs.items() if run.outcome is not Outcome.PASSED]
        if failed:
            await session.close()
            raise JudgeError(f"The reference fails in cell {failed[0]!r}.", hint="Run: graders verify")
        judge.attach(session, self._message_limit, reference=True)
        return session

    async def _checks(
        self, judge: JudgeProcess, session: Session, plan: Plan, number: int, runs: dict[str, Run]
    ) -> CellResult:
        """Judge one checks cell; if the student's kernel ends in it, the next one gets a new kernel.

        A crash is made sure of once more, since anything on the machine may have killed the kernel.
        """
        step, began = plan.cells[number], time.monotonic()
        order = self._order(step, plan.cells[:number], runs)
        used, reply = self._ask(judge, session, order)
        if not reply["alive"] and await self._replace(judge, session) and _crashed(reply):
            used, reply = self._ask(judge, session, order)
            if not reply["alive"]:
                await self._replace(judge, session)
        meter = Meter(used, time.monotonic() - began)
        return replace(_checked(step.cell, tuple(map(_record, reply["records"]))), meter=meter)

    def _ask(
        self, judge: JudgeProcess, session: Session, order: dict[str, Any]
    ) -> tuple[float, dict[str, Any]]:
        """Have a checks cell judged; return the CPU seconds the student's process used, and the reply."""
        pid = session.sandbox.pid if session.running else -1
        before = cpu_seconds(pid)
        reply = judge.ask(order)
        ending = session.sandbox.poll(1.0) if session.running and not reply["alive"] else None
        if ending is not None and ending.reason == "lost":
            raise SandboxError("The template of a student kernel ended.", hint="Run: graders doctor")
        if ending is not None and ending.reason == "memory":
            reply["records"] = [_as_out_of_memory(plain) for plain in reply["records"]]
        return max(0.0, cpu_seconds(pid) - before), reply

    async def _replace(self, judge: JudgeProcess, session: Session) -> bool:
        """Give the judge a new student kernel; False if kernels ended too often."""
        if not session.exhausted:
            await session.restart()
        if not session.running:
            return False
        judge.attach(session, self._message_limit)
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
            "name": _name(step.cell),
            "source": _for_judge(step.cell),
            "points": step.cell.points,
            "hidden_lines": list(step.cell.hidden_lines),
            "student_names": sorted(step.student_names),
            "unusable": unusable,
            "timed": bool(step.timed_names),
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


def _codes(hand_in: HandIn) -> list[Code]:
    """Return the cells the student kernel runs, in order."""
    return [Code(c.origin.cell_id, _name(c.origin), c.text) for c in hand_in.cells if c.runs]


def _name(cell: SourceCell) -> str:
    return cell.name or cell.cell_id


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


# -- the judge process ----------------------------------------------------------------------------


class JudgeProcess:
    """The grader's side of a judge: commands, one at a time, each with a time limit."""

    def __init__(self, control: socket.socket, sandbox: Sandbox, limits: Limits) -> None:
        self._control = control
        self.pid = sandbox.pid
        self._seconds = limits.cell_seconds + limits.call_seconds + _JUDGE_SECONDS

    def attach(self, session: Session, limit: int, *, reference: bool = False) -> None:
        """Hand the judge a kernel that serves the bridge from now on."""
        sock, pidfd, pid = session.serve(limit)
        self.ask({"do": "attach", "reference": reference, "pid": pid}, [sock.fileno(), pidfd])

    def ask(self, body: dict[str, Any], fds: list[int] | None = None) -> dict[str, Any]:
        """Send a command and return the answer; raises JudgeError if the judge fails or ends."""
        self._control.settimeout(None)
        try:
            send(self._control, Frame(body))
            if fds:
                socket.send_fds(self._control, [b"+"], fds)
            reply = receive(self._control, deadline=time.monotonic() + self._seconds)
        except PeerSlow as error:
            raise JudgeError("The judge took too long.", hint="Look at the hidden tests.") from error
        except (PeerGone, OSError) as error:
            raise JudgeLost("The judge ended.", hint="Look at the hidden tests.") from error
        if "error" in reply.body:
            raise JudgeError(str(reply.body["error"]), hint="Run: graders verify")
        return reply.body


@contextmanager
def _judge_process(job: Job, addresses: Addresses, files: dict[str, str]) -> Iterator[JudgeProcess]:
    """Fork a judge with the chapter's own files in its working folder; end it in any case."""
    control, inner = socket.socketpair()
    folder = tempfile.mkdtemp(prefix="graders-j")
    copy_files(job.bundle, Path(folder))
    arguments = {
        "secret": job.secret.hex(),
        "call_seconds": job.limits.call_seconds,
        "limit": job.limits.message_mb * 2**20,
    }
    try:
        with inner:
            sandbox = start(
                addresses.judges,
                "graders.judge:main",
                arguments=arguments,
                fds=[inner.fileno()],
                limits=WallLimits(),
                wall="none",
                folder=folder,
            )
        try:
            yield JudgeProcess(control, sandbox, job.limits)
        finally:
            sandbox.close()
    finally:
        control.close()
        shutil.rmtree(folder, ignore_errors=True)
