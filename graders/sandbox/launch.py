"""The asking side: start templates, and ask one for a sandboxed process.

A :class:`Sandbox` is the lifeline of one process tree: closing it ends everything in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from graders.errors import SandboxError
from graders.sandbox.limits import WallLimits
from graders.sandbox.meter import TreeClock
from graders.sandbox.system import pid_of

_FORK_SECONDS = 30.0
_CONTAINER_SECONDS = 330.0  # where none is ready: a new one, with its imports, on a busy machine
# What a template imports so that a forked kernel starts at once: also what ipykernel and IPython would
# import on their way to the first cell (0.1 s of CPU in every kernel otherwise).
KERNEL_MODULES = (
    "graders.sandbox.kernel",
    "graders.bridge.shim",
    "graders.bridge.frames",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "encodings.idna",
    "faulthandler",
    "ipykernel.debugger",
    "pdb",
    "pyseccomp",
    "tornado.platform.asyncio",
)
# One thread per kernel: oversubscription alone cut the throughput of two parallel kernels by six.
THREADS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "LOKY_MAX_CPU_COUNT": "1",
}
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": ""}


class Template:
    """A running template process and the address it listens at; made afresh, or forked from another."""

    _module = "graders.sandbox.template"
    _start_seconds = 120.0

    def __init__(
        self,
        modules: tuple[str, ...],
        preparation: str = "-",
        base: Template | None = None,
        *,
        wait: bool = True,
    ) -> None:
        """Start a template and, unless ``wait`` is false, wait until it is ready; see :meth:`until_ready`."""
        self.uses = 0
        self.base = base
        self._folder = tempfile.TemporaryDirectory(prefix="graders-t")
        self.address = str(Path(self._folder.name, "template"))
        self._lifeline, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process: subprocess.Popen[bytes] | None = None
        self._sandbox: Sandbox | None = None
        with theirs:
            if base is None:
                self._process = self._spawn([preparation, *modules], theirs)
            else:
                self._sandbox = self._fork(base, preparation, modules, theirs)
        self.prepared = self.threads = 0
        self._first_mb: float | None = None
        if wait:
            self.until_ready()

    def _spawn(self, arguments: list[str], lifeline: socket.socket) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-s", "-m", self._module, self.address, *arguments]
        return subprocess.Popen(  # noqa: S603 (our own module)
            command,
            stdin=lifeline.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self._environment(),
            cwd="/",
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        return kernel_environment()

    def _fork(
        self, base: Template, preparation: str, modules: tuple[str, ...], lifeline: socket.socket
    ) -> Sandbox:
        arguments = {"address": self.address, "preparation": preparation, "modules": list(modules)}
        return start(
            base.address,
            "graders.sandbox.template:fork",
            arguments=arguments,
            fds=[lifeline.fileno()],
            limits=WallLimits(),
            wall="none",
        )

    def until_ready(self) -> None:
        """Wait until the template listens; raises SandboxError if it cannot start."""
        if self._first_mb is None:
            self.prepared, self.threads = self._read_ready()
            self._first_mb = self.resident_mb()

    def _read_ready(self) -> tuple[int, int]:
        """Return what the template says when it is ready: how much it prepared, and its threads."""
        ready, _, _ = select.select([self._lifeline], [], [], self._start_seconds)
        data = self._lifeline.recv(2**16) if ready else b""
        said: dict[str, Any] = json.loads(data) if data else {"error": "it took too long, or ended"}
        if "error" in said:
            self.close()
            reason = str(said["error"])[:300]
            raise SandboxError(f"A template process did not start: {reason}.", hint="Run: graders doctor")
        return int(said["prepared"]), int(said["threads"])

    @property
    def pid(self) -> int:
        """Process id of the template."""
        if self._process is not None:
            return self._process.pid
        return self._sandbox.pid if self._sandbox is not None else -1

    def resident_mb(self) -> float:
        """Return how much memory the template has, in MB, with what it shares."""
        try:
            return float(psutil.Process(self.pid).memory_info().rss) / 2**20
        except psutil.Error:
            return 0.0

    def grown_mb(self) -> float:
        """Return by how many MB the template has grown since it was ready."""
        return 0.0 if self._first_mb is None else self.resident_mb() - self._first_mb

    @property
    def alive(self) -> bool:
        """Whether the template still runs."""
        if self._process is not None:
            return self._process.poll() is None
        return self._sandbox is not None and self._sandbox.poll() is None

    def close(self) -> None:
        """End the template and with it every process it forked."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._sandbox is not None:
            self._sandbox.close()
        self._lifeline.close()
        self._folder.cleanup()

    def __enter__(self) -> Template:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def kernel_environment() -> dict[str, str]:
    """Return the whole environment of templates and kernels: nothing of the operator's own gets in."""
    keep = {name: os.environ[name] for name in ("LANG", "TZ", "LD_LIBRARY_PATH") if name in os.environ}
    paths = {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "HOME": "/home/student"}
    caches = {"MPLCONFIGDIR": "/tmp/matplotlib", "KERAS_HOME": "/tmp/keras"}  # noqa: S108 (in the sandbox)
    return {"PYTHONHASHSEED": "0", **keep, **paths, **caches, **THREADS, **_QUIET}


@dataclass
class Ending:
    """How a sandboxed process tree ended and what it used."""

    code: int = 0
    reason: str = ""
    peak_memory_mb: float = 0.0
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    facts: list[str] = field(default_factory=list)


@dataclass
class Sandbox:
    """One sandboxed process tree: its lifeline, and a handle to signal and measure the target."""

    connection: socket.socket
    target: int
    pid: int
    started: float = field(default_factory=time.monotonic)
    clock: TreeClock = field(init=False)
    starved: bool = False
    _ending: Ending | None = None

    def __post_init__(self) -> None:
        self.clock = TreeClock(self.pid)

    def interrupt(self) -> None:
        """Send the target an interrupt, as Ctrl-C would."""
        self.signal(signal.SIGINT)

    def signal(self, number: int) -> None:
        """Send the target a signal; one that has ended already needs none."""
        try:
            signal.pidfd_send_signal(self.target, number)
        except ProcessLookupError:
            return

    def starve(self) -> None:
        """End the tree because it took more memory than it may, as who watches from here has seen."""
        self.starved = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)  # its monitor ends it, and says so

    def poll(self, timeout: float = 0.0) -> Ending | None:
        """Return how the tree ended, or None if it still runs after ``timeout`` seconds."""
        if self._ending is None:
            ready, _, _ = select.select([self.connection], [], [], timeout)
            if ready:
                ending = _read_ending(self.connection)
                self._ending = replace(ending, reason="memory") if self.starved else ending
        return self._ending

    def close(self) -> Ending:
        """End the whole tree and return what it used; safe to call twice."""
        if self._ending is None:
            with contextlib.suppress(OSError):  # it has hung up
                self.connection.shutdown(socket.SHUT_WR)
            self._ending = self.poll(_FORK_SECONDS) or Ending(code=-9, reason="lost")
        if self.target >= 0:
            self.connection.close()
            os.close(self.target)
            self.target = -1
        return self._ending


def _read_ending(connection: socket.socket) -> Ending:
    try:
        data = connection.recv(2**16)
        message = json.loads(data)["ended"] if data else None
    except (OSError, ValueError, KeyError):
        message = None
    return Ending(**message) if message else Ending(code=-9, reason="lost")


def start(
    address: str,
    target: str,
    *,
    arguments: dict[str, Any],
    fds: list[int],
    limits: WallLimits,
    wall: str,
    files: dict[str, str] | None = None,
    folder: str = "",
    gpus: tuple[str, ...] = (),
    gpu_memory_mb: int = 0,
) -> Sandbox:
    """Ask the template at an address for a process that runs ``module:function(fds, arguments)``.

    ``wall`` is ``namespaces``, ``container`` (the address is a pool's then), ``process`` or, for our own
    code, ``none``. Behind namespaces and in containers ``files`` maps names in the working folder to files
    outside, which are copied in; without, ``folder`` is it. ``gpus`` are the slots it may use.
    Raises SandboxError if the wall cannot be raised.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    request = {
        "target": target,
        "arguments": arguments,
        "limits": limits.to_dict(),
        "wall": wall,
        "files": files or {},
        "folder": folder,
        "gpus": gpus,
        "gpu_memory_mb": gpu_memory_mb,
    }
    try:
        connection.connect(address)
        socket.send_fds(connection, [json.dumps(request).encode()], fds)
        connection.settimeout(_CONTAINER_SECONDS if wall == "container" else _FORK_SECONDS)
        data, received, _, _ = socket.recv_fds(connection, 2**16, 4)
    except OSError as error:
        connection.close()
        raise SandboxError(f"A template did not answer ({error}).", hint="Run: graders doctor") from error
    connection.settimeout(None)
    return _started(connection, data, received)


def _started(connection: socket.socket, data: bytes, received: list[int]) -> Sandbox:
    message = json.loads(data) if data else {"error": "it closed the connection"}
    if "started" not in message or not received:
        connection.close()
        problem = message.get("error", "the process ended at once")
        raise SandboxError(f"A sandbox could not be made: {problem}.", hint="Run: graders doctor")
    return Sandbox(connection, received[0], pid_of(received[0]))
