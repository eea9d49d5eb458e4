"""Run the cells of a rebuilt notebook in a walled student kernel, through nbclient.

A cell that ends the kernel, or cannot be stopped, costs its own result only: a new kernel runs the
cells before it again and goes on after it.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from graders.course import Limits
from graders.errors import SandboxError
from graders.notebooks.kernels import Program
from graders.notebooks.outputs import bounded_outputs, error_of
from graders.results import CellError, Meter, Outcome, says_out_of_memory
from graders.sandbox.gpu import GpuAccount
from graders.sandbox.launch import Sandbox
from graders.sandbox.limits import WallLimits
from graders.sandbox.provisioner import WalledKernelManager, bounded_client, kernel_manager, until_ready

_GRACE_SECONDS = 3.0
_START_SECONDS = 60.0
_MAX_OUTPUTS = 200
_MAX_RESTARTS = 6


@dataclass(frozen=True)
class Run:
    """What became of one cell: how it ended, its bounded outputs, its exception, what it used."""

    outcome: Outcome
    outputs: tuple[dict[str, Any], ...] = ()
    error: CellError | None = None
    meter: Meter = field(default_factory=Meter)

    @property
    def why(self) -> str:
        """Say in a sentence why what the cell should define may be missing; empty if it ran."""
        if self.outcome is Outcome.PASSED:
            return ""
        name = f" with {self.error.name}" if self.error and self.outcome is Outcome.FAILED else ""
        return f"its cell {_ENDINGS[self.outcome]}{name}."


_ENDINGS = {
    Outcome.FAILED: "stopped",
    Outcome.SKIPPED: "was not run",
    Outcome.TIMED_OUT: "took too long",
    Outcome.OUT_OF_MEMORY: "needed too much memory",
    Outcome.CRASHED: "ended the kernel",
    Outcome.UNGRADABLE: "could not be run",
}


class BoundedClient(NotebookClient):  # type: ignore[misc] # nbclient ships no types we follow
    """An nbclient that keeps a bounded amount of output and no widget state."""

    limit_bytes = 256 * 1024
    total_bytes = 16 * 256 * 1024

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Drop output beyond the limit of its cell, and of all cells together; pass everything else on."""
        if msg["msg_type"] == "update_display_data":
            return None  # changes outputs after the fact, without bound; the first display stays
        if msg["msg_type"] in _OUTPUTS:
            left = min(self.limit_bytes - cell.metadata.get("graders_bytes", 0), self.total_bytes)
            content = _plain_content(msg["msg_type"], msg["content"], left)
            if content is None or len(cell.outputs) >= _MAX_OUTPUTS:
                cell.metadata["graders_cut"] = True
                return None
            size = sum(map(_size, content.values()))
            cell.metadata["graders_bytes"] = cell.metadata.get("graders_bytes", 0) + size
            self.total_bytes -= size
            msg = {**msg, "content": content}
        return super().process_message(msg, cell, cell_index)

    def handle_comm_msg(self, outs: Any, msg: dict[str, Any], cell_index: int) -> None:
        """Ignore widget messages: their state could grow without bound and nothing shows it."""


def _plain_content(kind: str, content: Any, room: int) -> dict[str, Any] | None:
    """Return a message's content as text of bounded size, whatever a kernel put there; None if none fits."""
    if room <= 0 or not isinstance(content, dict):
        return None
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return {"name": name, "text": _text(content.get("text"))[:room]}
    if kind == "error":
        lines = content.get("traceback")
        lines = [_text(line)[:500] for line in lines[-60:]] if isinstance(lines, list) else []
        value = _text(content.get("evalue"))[:2000]
        return {"ename": _text(content.get("ename"))[:100], "evalue": value, "traceback": lines}
    data = content.get("data")
    texts = {k[:100]: _text(v) for k, v in data.items() if isinstance(v, str)} if isinstance(data, dict) else {}
    kept = dict(list(texts.items())[:8])
    if sum(map(len, kept.values())) > room:
        kept = {"text/plain": "[An output was too large to keep.]"}
    return {"data": kept, "metadata": {}, "execution_count": None}


_OUTPUTS = ("stream", "display_data", "execute_result", "error")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _size(value: Any) -> int:
    """Return about how many characters an output's part has."""
    if isinstance(value, dict):
        return sum(map(_size, value.values())) + 64
    return sum(map(len, value)) + 64 if isinstance(value, list) else len(value or "")


@dataclass
class Code:
    """One cell to run: its id, a label for the student, and the code."""

    cell_id: str
    label: str
    text: str


class Session:
    """A student kernel and the cells that made its state; restarts it without what ended it."""

    def __init__(
        self,
        address: str,
        limits: Limits,
        *,
        wall: str,
        files: dict[str, str],
        gpus: tuple[str, ...] = (),
        program: Program | None = None,
    ) -> None:
        self._address = address
        self._program = program.to_dict() if program else None
        self.gpus = GpuAccount(gpus, limits.gpu_memory_mb)
        self._limits = limits
        self._wall = wall
        self._files = files
        self._done: list[Code] = []
        self._restarts = 0
        self._serving = ""
        self._deadline = time.monotonic() + limits.submission_seconds
        self._manager: WalledKernelManager | None = None
        self._client: BoundedClient | None = None
        self.peak_memory_mb = 0.0
        self.cpu_seconds = 0.0
        self.facts: list[str] = []

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox of the running kernel."""
        provisioner: Any = self._manager.provisioner if self._manager else None
        if provisioner is None or provisioner.sandbox is None:
            raise SandboxError("There is no student kernel.")
        found: Sandbox = provisioner.sandbox
        return found

    async def start(self) -> None:
        """Start a kernel behind the wall; raises SandboxError if that fails."""
        limits = WallLimits.taken_from(self._limits)
        gpus, memory = self.gpus.slots, self._limits.gpu_memory_mb
        self._manager = kernel_manager(
            self._address,
            limits,
            wall=self._wall,
            files=self._files,
            gpus=gpus,
            gpu_memory_mb=memory,
            program=self._program,
        )
        notebook = nbformat.v4.new_notebook()
        self._client = BoundedClient(notebook, km=self._manager, allow_errors=True, record_timing=False)
        self._client.raise_on_iopub_timeout, self._client.iopub_timeout = True, 2
        self._client.limit_bytes = self._limits.output_kb * 1024
        self._client.total_bytes = 16 * self._limits.output_kb * 1024
        self.gpus.prepare()
        await self._manager.start_kernel()
        self.gpus.begin(self.sandbox.starve, self.sandbox.clock.processes)
        await self._connect(_START_SECONDS)

    async def _connect(self, seconds: float) -> None:
        """Connect to the kernel; raises SandboxError if it does not answer in time."""
        assert self._client is not None and self._manager is not None  # noqa: S101 (start() made them)
        client = bounded_client(self._manager)
        # No heartbeat: its thread can be kept from ending, and the sandbox says better who is alive.
        client.start_channels(stdin=False, hb=False, control=False)
        client.allow_stdin = False
        self._client.kc = client
        await until_ready(client, self.sandbox, seconds)

    async def run(self, cells: Sequence[Code]) -> dict[str, Run]:
        """Run cells in order and return what became of each."""
        runs: dict[str, Run] = {}
        for cell in cells:
            runs[cell.cell_id] = await self._run_one(cell)
        return runs

    async def _run_one(self, cell: Code) -> Run:
        if self._restarts > _MAX_RESTARTS:
            return Run(Outcome.SKIPPED)
        if time.monotonic() > self._deadline:
            return Run(Outcome.TIMED_OUT, error=CellError("Timeout", "The whole notebook took too long."))
        run = await self._execute(cell)
        if run.outcome is Outcome.CRASHED and not self.exhausted:
            await self.restart()  # anything on the machine may have killed it: only twice is a finding
            run = await self._execute(cell) if not self.exhausted else run
        if self._manager is not None and self.sandbox.poll() is None:
            self._done.append(cell)
        elif not self.exhausted:
            await self.restart()
        return run

    async def restart(self) -> None:
        """Start a new kernel and run again what ran before, without the cells that ended a kernel."""
        self._restarts += 1
        await self.close()
        if self._restarts > _MAX_RESTARTS:
            return
        await self.start()
        for cell in self._done if self.left > 0 else []:
            await self._execute(cell)

    async def rewind(self) -> None:
        """Start a new kernel in which nothing has run yet."""
        self._done.clear()
        await self.close()
        await self.start()

    @property
    def left(self) -> float:
        """Seconds of the submission's time that are left."""
        return self._deadline - time.monotonic()

    def extend(self, seconds: float) -> None:
        """Give back time in which the submission waited for others."""
        self._deadline += seconds

    @property
    def running(self) -> bool:
        """Whether there is a kernel to ask."""
        return self._manager is not None

    @property
    def exhausted(self) -> bool:
        """Whether kernels ended too often to start yet another."""
        return self._restarts > _MAX_RESTARTS

    async def _execute(self, cell: Code) -> Run:
        assert self._client is not None  # noqa: S101 (start() comes first)
        node = nbformat.v4.new_code_cell(cell.text)
        sandbox, began = self.sandbox, time.monotonic()
        if sandbox.poll() is not None:  # a cell that ran again took too long this time
            return Run(Outcome.CRASHED, error=CellError("KernelEnded", "It ended before this cell."))
        before = sandbox.clock.seconds()
        task = asyncio.ensure_future(self._client.async_execute_cell(node, len(self._client.nb.cells)))
        self._client.nb.cells.append(node)
        in_time = await self._wait(task, node, sandbox)
        meter = Meter(sandbox.clock.seconds() - before, time.monotonic() - began)
        return replace(self._judge_run(node, in_time, sandbox), meter=meter)

    async def _wait(self, task: asyncio.Future[Any], node: Any, sandbox: Sandbox) -> bool:
        """Wait for a cell; interrupt it when its time is over, and end the kernel if it goes on."""
        seconds = min(self._limits.cell_seconds, max(1.0, self._deadline - time.monotonic()))
        in_time = await _finished(task, sandbox, seconds)
        if not in_time:
            sandbox.interrupt()
            if not await _finished(task, sandbox, _GRACE_SECONDS):
                sandbox.close()
        if not task.done():
            task.cancel()
        try:
            await task
        except (DeadKernelError, asyncio.CancelledError):
            sandbox.close()
        except CellTimeoutError:  # the cell is done, but a message was too large and cut the connection
            node.metadata["graders_cut"] = True
            await self._reconnect(sandbox)
        except Exception as error:  # noqa: BLE001 (a kernel that talks nonsense is broken, whoever broke it)
            self.facts.append(f"its kernel sent a message that cannot be read ({type(error).__name__})")
            sandbox.close()
        return in_time

    async def _reconnect(self, sandbox: Sandbox) -> None:
        """Connect anew, so that outputs come through again; a kernel from which none do is ended."""
        assert self._client is not None  # noqa: S101 (start() comes first)
        self._client.kc.stop_channels()
        try:
            await self._connect(_GRACE_SECONDS)
        except SandboxError:
            sandbox.close()

    def _judge_run(self, node: Any, in_time: bool, sandbox: Sandbox) -> Run:
        outputs = bounded_outputs(node, self._limits.output_kb * 1024)
        error = error_of(node)
        ending = sandbox.poll()
        if not in_time:
            limit = f"It was stopped after {self._limits.cell_seconds:g} seconds."
            return Run(Outcome.TIMED_OUT, outputs, CellError("Timeout", limit))
        if ending is not None and ending.reason == "lost":
            raise SandboxError("The template of a student kernel ended.", hint="Run: graders doctor")
        if ending is not None and ending.reason == "memory":
            limit = f"It used more than {self._limits.memory_mb} MB of memory."
            if self.gpus.exceeded:
                limit = f"It used more than {self._limits.gpu_memory_mb} MB of a GPU's memory."
            return Run(Outcome.OUT_OF_MEMORY, outputs, CellError("OutOfMemory", limit))
        if ending is not None:
            limit = "It ended the Python process it ran in."
            return Run(Outcome.CRASHED, outputs, CellError("KernelEnded", limit))
        if error is not None and says_out_of_memory([error.name], error.message):
            return Run(Outcome.OUT_OF_MEMORY, outputs, error)
        return Run(Outcome.FAILED if error else Outcome.PASSED, outputs, error)

    def serve(self, limit: int) -> tuple[socket.socket, int, int]:
        """Let the kernel serve the bridge; return the judge's socket, the kernel's pidfd and pid."""
        assert self._client is not None and self._manager is not None  # noqa: S101 (start() comes first)
        provisioner: Any = self._manager.provisioner
        self._serving = "__import__('graders.bridge.shim').bridge.shim.serve(get_ipython().user_ns, {}, {})"
        self._serving = self._serving.format(provisioner.bridge_number, limit)
        self.serve_on()
        return provisioner.bridge, self.sandbox.target, self.sandbox.pid

    def serve_on(self) -> None:
        """Let the kernel serve the bridge again, after it was paused and ran cells."""
        assert self._client is not None  # noqa: S101 (start() comes first)
        self._client.kc.execute(self._serving, silent=True, store_history=False)

    async def close(self) -> None:
        """End the kernel and everything in its sandbox."""
        if self._manager is None:
            return
        provisioner: Any = self._manager.provisioner
        if self._client is not None and self._client.kc is not None:
            self._client.kc.stop_channels()
        if provisioner is not None:
            self._keep_usage(provisioner.sandbox)
            await provisioner.cleanup()
        self._manager.context.destroy(linger=0)
        self._manager = self._client = None

    def _keep_usage(self, sandbox: Sandbox | None) -> None:
        self.gpus.end()
        if sandbox is None:
            return
        seen = sandbox.clock.seconds()
        ending = sandbox.close()
        self.cpu_seconds += max(seen, ending.cpu_seconds)  # the ending's has what stands around the kernel too
        self.peak_memory_mb = max(self.peak_memory_mb, ending.peak_memory_mb)
        self.facts += [fact for fact in ending.facts if fact not in self.facts]


async def _finished(task: asyncio.Future[Any], sandbox: Sandbox, seconds: float) -> bool:
    """Wait for a cell or the end of its kernel, whichever comes first; False if neither comes in time."""
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def end() -> None:
        if not ended.done():
            ended.set_result(None)

    loop.add_reader(sandbox.connection, end)
    try:
        done, _ = await asyncio.wait({task, ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        loop.remove_reader(sandbox.connection)


def line_table(cells: Iterable[Code]) -> list[tuple[str, str, list[str]]]:
    """Return (file name in tracebacks, label, lines) of cells, as ipykernel names their code."""
    from ipykernel.compiler import get_file_name

    return [(Path(get_file_name(c.text)).stem, c.label, c.text.splitlines()) for c in cells]
