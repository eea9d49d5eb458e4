"""Runs checks cells in a trusted process; names of answer cells resolve over the bridge.

The judge never imports or unpickles anything a student made. It is forked per submission from a
template of its own, runs the given cells, and is told cell by cell what to check. What a statement of
a checks cell raises decides only that statement's checks; the next statement runs all the same.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import linecache
import os
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from graders.bridge.alarm import Overtime, within
from graders.bridge.remote import Bridge
from graders.bridge.student_errors import StudentError
from graders.bridge.wire import Frame, PeerGone, receive, send
from graders.check.session import RECORDER, Verdict
from graders.effects import Effects
from graders.errors import JudgeError
from graders.names import PREPARED, quiet
from graders.results import Outcome, Record
from graders.sandbox.limits import bound_cpu, bound_memory
from graders.sandbox.meter import TreeClock
from graders.shadows import rewritten
from graders.sites import Ledger, Site, find_sites, to_record
from graders.stopwatch import Side, Watch
from graders.verdicts import bound_by, caught_in, noisy, share, verdict_of

_RESERVE_MB = 1024  # libraries reserve more than they use
_WORK_SECONDS = 120.0  # CPU time of the judge's own work in one cell
_LAST_SECONDS = 2.0  # of a further statement once that is used up
_HARD_SECONDS = 20.0  # more than that in compiled code, which no exception ends, ends the judge


@dataclass
class Checks:
    """One checks cell to judge, as the grader describes it."""

    name: str
    source: str
    points: float
    hidden_lines: frozenset[int]
    student_names: frozenset[str]
    unusable: dict[str, str] = field(default_factory=dict)  # name -> why its answer cell did not run
    timed: bool = False
    classes: frozenset[str] = frozenset()  # the student's names that are classes in the reference
    anything: bool = False  # whether names nobody knows may be the student's (from x import *)
    files: tuple[str, ...] = ()  # names of files that the student's code may have written
    exact_numbers: bool = False  # points as nbgrader reads them from a number
    noise: str | None = None  # what of stderr costs nothing; None: nothing on stderr costs anything
    budget_seconds: float = 60.0  # wall time of all calls into the student kernel together


class Judge:
    """Runs given and checks cells of one notebook."""

    def __init__(self, *, call_seconds: float, limit: int, work_seconds: float = _WORK_SECONDS) -> None:
        self.names = PREPARED.claim()
        self._work_left = work_seconds  # CPU seconds for all that values of the student cost here
        self._call_seconds = call_seconds
        self._limit = limit
        self._reference: Side | None = None
        self._student_clock = TreeClock(-1)
        self._sent_hidden = False
        self._lines: dict[str, tuple[str, list[str]]] = {}

    def attach(self, sock: socket.socket, pidfd: int, pid: int) -> None:
        """Take the student kernel to ask from now on."""
        self.names.bridge = self._bridge(sock, pidfd)
        self._student_clock = TreeClock(pid)

    def attach_reference(self, sock: socket.socket, pidfd: int, pid: int) -> None:
        """Take the kernel that runs the reference, to compare times with."""
        self._reference = Side(TreeClock(pid), self._bridge(sock, pidfd))

    def _bridge(self, sock: socket.socket, pidfd: int) -> Bridge:
        def interrupt() -> None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(pidfd, signal.SIGINT)

        return Bridge(sock, interrupt=interrupt, call_seconds=self._call_seconds, limit=self._limit)

    def know_lines(self, lines: dict[str, tuple[str, list[str]]], *, seen_hidden: bool = False) -> None:
        """Learn the student's cells, to quote the line an exception came from.

        ``seen_hidden`` says that hidden tests ran where the student's code could read them.
        """
        self._lines = lines
        self._sent_hidden = self._sent_hidden or seen_hidden

    def given(self, source: str, name: str) -> None:
        """Run a given cell, unless the template has; raises JudgeError if the instructor's code fails here."""
        self.names.begin(frozenset())
        if PREPARED.take(source, self.names):
            return
        try:
            with quiet():
                exec(compile(source, f"<given {name}>", "exec"), self.names)  # noqa: S102 (the instructor's)
        except Exception as error:
            raise JudgeError(f"The given cell {name!r} failed: {type(error).__name__}: {error}") from error

    def checks(self, cell: Checks) -> list[Record]:
        """Run a checks cell and return its records."""
        filename = f"<checks {cell.name}>"
        tree = ast.parse(cell.source)
        self.names.begin(cell.student_names, cell.classes, cell.anything)
        sites = find_sites(tree, cell.hidden_lines)
        bridge, ours = self.names.bridge, self._reference
        watch = Watch(Side(self._student_clock, bridge), ours) if bridge and ours else None
        ledger = Ledger(sites, filename, watch)
        ledger.secretive, ledger.define = self._sent_hidden, self.names.define
        linecache.cache[filename] = (0, None, cell.source.splitlines(keepends=True), filename)  # for probes
        if bridge is not None:
            bridge.allow(cell.budget_seconds)
            effects = Effects(tree, filename)
            bridge.copy_back = effects.wanted
            bridge.may_swallow = effects.may_swallow
            ledger.watch_arguments = effects.watch
        tree = rewritten(tree)
        token = RECORDER.set(ledger)
        pinned = watch.pinned() if watch and cell.timed else contextlib.nullcontext()
        try:
            with quiet() as noise, pinned:
                self.names.fetch_files(cell.files)
                self.names.know_classes(caught_in(tree))
                records = self._vocabulary(cell, tree, ledger) if sites else [self._plain(cell, tree)]
            return records if cell.noise is None else noisy(records, noise.getvalue(), cell.noise)
        finally:
            RECORDER.reset(token)

    def _vocabulary(self, cell: Checks, tree: ast.Module, ledger: Ledger) -> list[Record]:
        """Run a cell statement by statement; each decides the checks written in it."""
        for statement in tree.body:
            within = [s for s in ledger.sites if _inside(s, statement) and not s.deferred]
            if not cell.hidden_lines.isdisjoint(_lines_of(statement)):
                self._sent_hidden = ledger.secretive = self.names.hidden = True
            try:
                with self._working():
                    self._run([statement], f"<checks {cell.name}>")
            except (Exception, Overtime) as error:  # noqa: BLE001 (the verdict of this statement's checks)
                ledger.settle_rest(within or ledger.deferred(), self._verdict(error, cell))
                self._spoil(statement, error)
            else:
                ledger.pass_asserts(within)
        ledger.pass_asserts(ledger.deferred())
        return ledger.records(cell.name, cell.points)

    def _spoil(self, statement: ast.stmt, error: BaseException) -> None:
        cause = error if isinstance(error, Exception) else StudentError("It took too long.")
        self.names.spoilt.update(dict.fromkeys(bound_by(statement), cause))

    def forfeit(self, cell: Checks, problem: str, outcome: Outcome) -> list[Record]:
        """Return the records of a cell that is not run: nothing earned, for a reason of the student's."""
        tree = ast.parse(cell.source)
        cause = StudentError(problem)
        for statement in tree.body:
            self._spoil(statement, cause)
        self._sent_hidden = self._sent_hidden or bool(cell.hidden_lines)
        verdict = Verdict(0.0, problem, outcome=outcome)
        sites = find_sites(tree, cell.hidden_lines)
        if not sites:
            return [to_record(f"{cell.name}#1", self._whole(cell), verdict, cell.points)]
        ledger = Ledger(sites, f"<checks {cell.name}>")
        ledger.settle_rest(sites, verdict)
        return ledger.records(cell.name, cell.points)

    def _whole(self, cell: Checks) -> Site:
        """Return the one site of a cell of plain asserts."""
        self._sent_hidden = self._sent_hidden or bool(cell.hidden_lines)
        return Site((1, 0), (1, 0), "All tests of this cell pass", "", self._sent_hidden, 1.0)

    def _plain(self, cell: Checks, tree: ast.Module) -> Record:
        """Run a cell of plain asserts: all or nothing, or the number its last expression gives."""
        site, self.names.hidden = self._whole(cell), bool(cell.hidden_lines)
        last = tree.body[-1] if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        if last is not None and cell.source.rstrip().endswith(";"):
            last = None  # IPython shows no value then, and so there is none to read
        try:
            with self._working():
                self._run(tree.body[:-1] if last else tree.body, f"<checks {cell.name}>")
                value = self._evaluate(last, f"<checks {cell.name}>") if last else None
                verdict = Verdict(share(value, cell.points, exact=cell.exact_numbers))
        except (Exception, Overtime) as error:  # noqa: BLE001 (becomes the verdict of the cell)
            verdict = self._verdict(error, cell)
        return to_record(f"{cell.name}#1", site, verdict, cell.points)

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        """Bound the judge's own work, whatever a student's values make of it."""
        before = time.process_time()
        left = max(_LAST_SECONDS, min(_WORK_SECONDS, self._work_left))
        try:
            with bound_cpu(left + _HARD_SECONDS), within(left, cpu=True):
                yield
        finally:
            self._work_left -= time.process_time() - before

    def _run(self, statements: list[ast.stmt], filename: str) -> None:
        code = compile(ast.Module(statements, []), filename, "exec")
        exec(code, self.names, self.names)  # noqa: S102 (the instructor's checks)

    def _evaluate(self, statement: ast.Expr, filename: str) -> Any:
        code = compile(ast.Expression(statement.value), filename, "eval")
        return eval(code, self.names, self.names)  # noqa: S307 (the instructor's checks)

    def _verdict(self, error: BaseException, cell: Checks) -> Verdict:
        return verdict_of(error, cell.unusable, self.names.touched, self._lines)


def _inside(site: Site, statement: ast.stmt) -> bool:
    return statement.lineno <= site.start[0] <= (statement.end_lineno or statement.lineno)


def _lines_of(statement: ast.stmt) -> range:
    return range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)


# -- the process ----------------------------------------------------------------------------------


def main(fds: list[int], arguments: dict[str, Any]) -> None:
    """Be a judge: read commands from the first descriptor until it closes."""
    sys.path.insert(0, "")  # the working folder holds the chapter's own files, modules among them
    os.environ["MPLBACKEND"] = "agg"
    from graders.datasets import hidden

    hidden._set_secret(bytes.fromhex(arguments["secret"]))
    for name in arguments.get("modules", []):
        importlib.import_module(name)
    _be_strict()
    options = {name: arguments[name] for name in ("call_seconds", "limit", "work_seconds") if name in arguments}
    judge = Judge(**options)
    if "memory_mb" in arguments:
        bound_memory(arguments["memory_mb"] + _RESERVE_MB)
    with socket.socket(fileno=fds[0]) as control:
        judge.names.on_touch = lambda: send(control, Frame({"touched": True}))
        while True:
            try:
                frame = receive(control)
            except PeerGone:
                return
            send(control, Frame(_sendable(_obey(judge, control, frame.body))))


def _be_strict() -> None:
    """Refuse what numpy only warns of: a complex number losing its imaginary part, and with it an error."""
    if "numpy" in sys.modules:
        warnings.filterwarnings("error", category=sys.modules["numpy"].exceptions.ComplexWarning)


def _obey(judge: Judge, control: socket.socket, body: dict[str, Any]) -> dict[str, Any]:
    try:
        return _COMMANDS[body["do"]](judge, control, body)
    except Exception as error:  # noqa: BLE001 (told to the grader, which makes it ungradable)
        return {"error": f"{type(error).__name__}: {error}"[:2000]}


def _sendable(reply: dict[str, Any]) -> dict[str, Any]:
    """Return a reply that JSON can carry: figures that are no finite numbers are left out."""
    for record in reply.get("records", []):
        record["metrics"] = json.loads(
            json.dumps(record["metrics"], default=str), parse_constant=lambda name: None
        )
    return reply


def _attach(judge: Judge, control: socket.socket, body: dict[str, Any]) -> dict[str, Any]:
    _, fds, _, _ = socket.recv_fds(control, 1, 2)
    sock = socket.socket(fileno=fds[0])
    take = judge.attach_reference if body["reference"] else judge.attach
    take(sock, fds[1], body["pid"])
    return {}


def _pause(judge: Judge, control: socket.socket, body: dict[str, Any]) -> dict[str, Any]:
    bridge = judge.names.bridge
    with contextlib.suppress(StudentError):
        if bridge is not None and bridge.alive:
            bridge.pause()
    return {"alive": bridge is not None and bridge.alive}


def _lines(judge: Judge, control: socket.socket, body: dict[str, Any]) -> dict[str, Any]:
    known = {key: (label, lines) for key, label, lines in body["lines"]}
    judge.know_lines(known, seen_hidden=body.get("seen_hidden", False))
    return {}


def _given(judge: Judge, control: socket.socket, body: dict[str, Any]) -> dict[str, Any]:
    judge.given(body["source"], body["name"])
    return {}


def _described(body: dict[str, Any]) -> Checks:
    return Checks(
        name=body["name"],
        source=body["source"],
        points=body["points"],
        hidden_lines=frozenset(body["hidden_lines"]),
        student_names=frozenset(body["student_names"]),
        unusable=body["unusable"],
        timed=body.get("timed", False),
        classes=frozenset(body.get("classes", ())),
        anything=body.get("anything", False),
        files=tuple(body.get("files", ())),
        exact_numbers=body.get("exact_numbers", False),
        noise=body.get("noise"),
        budget_seconds=body["budget_seconds"],
    )


def _checks(judge: Judge, control: socket.socket, body: dict[str, Any]) -> dict[str, Any]:
    start, bridge = time.monotonic(), judge.names.bridge
    before = bridge.waited if bridge is not None else 0.0
    records = judge.checks(_described(body))
    waited = bridge.waited - before if bridge is not None else 0.0
    return {
        "records": [asdict(record) for record in records],
        "alive": bridge is not None and bridge.alive,
        "own_seconds": max(0.0, time.monotonic() - start - waited),
    }


def _forfeit(judge: Judge, control: socket.socket, body: dict[str, Any]) -> dict[str, Any]:
    records = judge.forfeit(_described(body), body["problem"], Outcome(body["outcome"]))
    return {"records": [asdict(record) for record in records], "alive": True, "own_seconds": 0.0}


_COMMANDS: dict[str, Callable[[Judge, socket.socket, dict[str, Any]], dict[str, Any]]] = {
    "attach": _attach,
    "pause": _pause,
    "lines": _lines,
    "given": _given,
    "checks": _checks,
    "forfeit": _forfeit,
}
