"""The grader's side of a judge: commands one at a time, and a new judge where a student's value ended one.

A value may be made to end the process that checks it: it eats its memory or time, or trips compiled code.
That is tried twice, and then costs the checks of that cell; the judge that follows is told the same again.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

from graders.bridge.wire import Frame, PeerGone, PeerSlow, receive, send
from graders.errors import JudgeError, JudgeLost, SandboxError
from graders.job import Addresses, Job
from graders.notebooks.bundle import copy_files
from graders.notebooks.run import Session
from graders.results import Outcome
from graders.sandbox.launch import Sandbox, start
from graders.sandbox.limits import WallLimits

_JUDGE_SECONDS = 400.0  # wall time of the judge's own work in one cell, on however busy a machine
_WORK_SHARE = 4  # the judge's CPU time for a notebook, as a part of the time of a submission
_TOO_LONG = 128 + 24  # the exit code of a process that used up its CPU time (SIGXCPU)
_STARVED = "Checking the values needs more time or memory than it may."
_LATE = "The time of the whole submission was used up before this check."


class StudentEndedJudge(Exception):
    """The judge ended while it checked a value of the student's."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


class JudgeProcess:
    """One judge process and the kernels it asks."""

    def __init__(self, job: Job, addresses: Addresses) -> None:
        self._limits = job.limits
        self._message_limit = job.limits.message_mb * 2**20
        self._folder = tempfile.mkdtemp(prefix="graders-j")
        self._control, inner = socket.socketpair()
        copy_files(job.bundle, Path(self._folder))
        arguments = {
            "secret": job.secret.hex(),
            "call_seconds": job.limits.call_seconds,
            "limit": self._message_limit,
            "work_seconds": job.limits.submission_seconds / _WORK_SHARE,
            "memory_mb": job.limits.memory_mb,
        }
        try:
            with inner:
                self._sandbox = _start(addresses.judges, arguments, inner.fileno(), self._folder)
        except SandboxError:
            self._clear_up()
            raise

    def close(self) -> float:
        """End the process; return the CPU seconds that it, and what stood around it, used."""
        used = self._sandbox.close().cpu_seconds
        self._clear_up()
        return used

    def _clear_up(self) -> None:
        self._control.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def attach(self, session: Session, *, reference: bool = False) -> None:
        """Hand the judge a kernel that serves the bridge from now on."""
        sock, pidfd, pid = session.serve(self._message_limit)
        self.ask({"do": "attach", "reference": reference, "pid": pid}, [sock.fileno(), pidfd])

    def ask(self, body: dict[str, Any], fds: list[int] | None = None) -> dict[str, Any]:
        """Send a command and return the answer.

        Raises JudgeError if the judge fails or ends, StudentEndedJudge if it ends over a student's value.
        """
        seconds = self._limits.cell_seconds + self._limits.call_seconds + _JUDGE_SECONDS
        deadline, touched = time.monotonic() + seconds, False
        self._control.settimeout(None)
        try:
            send(self._control, Frame(body))
            if fds:
                socket.send_fds(self._control, [b"+"], fds)
            reply = receive(self._control, deadline=deadline)
            while reply.body.get("touched"):
                touched = True
                reply = receive(self._control, deadline=deadline)
        except PeerSlow as error:
            raise JudgeError("The judge took too long.", hint="Look at the hidden tests.") from error
        except (PeerGone, OSError) as error:
            if touched:
                raise StudentEndedJudge(self._how_it_ended()) from error
            raise JudgeLost("The judge ended.", hint="Look at the hidden tests.") from error
        if "error" in reply.body:
            raise JudgeError(str(reply.body["error"]), hint="Run: graders verify")
        return reply.body

    def _how_it_ended(self) -> Outcome:
        ending = self._sandbox.poll(5.0)
        return Outcome.TIMED_OUT if ending is not None and ending.code == _TOO_LONG else Outcome.CRASHED


def _start(address: str, arguments: dict[str, Any], descriptor: int, folder: str) -> Sandbox:
    return start(
        address,
        "graders.judge:main",
        arguments=arguments,
        fds=[descriptor],
        limits=WallLimits(),
        wall="none",
        folder=folder,
    )


class Judging:
    """The judge of one notebook; made again, and told everything again, when a student's value ended it."""

    def __init__(self, job: Job, addresses: Addresses, session: Session) -> None:
        self._job, self._addresses = job, addresses
        self._session = session
        self._reference: Session | None = None
        self._told: list[dict[str, Any]] = []
        self.cpu_seconds = 0.0
        self._process = JudgeProcess(job, addresses)

    def tell(self, body: dict[str, Any]) -> dict[str, Any]:
        """Have a command obeyed, by the next judge too."""
        reply = self._process.ask(body)
        if body.get("name") and self._told and self._told[-1].get("name") == body["name"]:
            self._told.pop()  # the same cell, asked again
        self._told.append(body)
        return reply

    async def attach_reference(self, reference: Session) -> None:
        """Take a kernel that runs the reference; it is closed with the judge."""
        self._reference = reference
        self._process.attach(reference, reference=True)

    def attach(self) -> None:
        """Take the student's kernel, if there is one."""
        if self._session.running:
            self._process.attach(self._session)

    def pause(self) -> bool:
        """Have the student's kernel stop serving, so that it can run cells; False if it has ended."""
        return bool(self._process.ask({"do": "pause"})["alive"])

    async def check(self, order: dict[str, Any]) -> dict[str, Any]:
        """Have a checks cell judged, once more by another judge if its values ended this one."""
        for last in (False, True):
            try:
                return self.tell(order)
            except StudentEndedJudge as ended:
                self._session.facts.append(f"checks {order['name']}: its values ended the judge")
                await self._renew()
                if last:
                    return self.forfeit(order, _STARVED, ended.outcome)
        raise AssertionError  # the loop returns or raises

    def forfeit(self, order: dict[str, Any], problem: str, outcome: Outcome) -> dict[str, Any]:
        """Return the records of a checks cell that is not run, for a reason of the student's."""
        return self.tell({**order, "do": "forfeit", "problem": problem, "outcome": outcome.value})

    def out_of_time(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return the records of a checks cell for which no time is left."""
        return self.forfeit(order, _LATE, Outcome.TIMED_OUT)

    async def _renew(self) -> None:
        """Start another judge, with a new kernel too, and bring it to where the last one was."""
        self.cpu_seconds += self._process.close()
        self._process = JudgeProcess(self._job, self._addresses)
        if not self._session.exhausted:
            await self._session.restart()
        self.attach()
        if self._reference is not None:
            self._process.attach(self._reference, reference=True)
        for body in self._told:
            try:
                self._process.ask(body)
            except StudentEndedJudge as error:
                raise JudgeLost("The judge ended again.", hint="Look at the hidden tests.") from error

    async def close(self) -> None:
        """End the judge, and the reference's kernel with it."""
        self.cpu_seconds += self._process.close()
        if self._reference is not None:
            await self._reference.close()
