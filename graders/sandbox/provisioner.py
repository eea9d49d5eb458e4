"""A jupyter_client KernelProvisioner that starts kernels behind a wall, forked from a template.

nbclient drives such a kernel like any other; so does every tool of Jupyter that reads the kernel
spec made by :func:`kernel_manager`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
import time
from pathlib import Path
from queue import Empty
from typing import Any

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Dict, Int, List, Unicode

from graders.errors import SandboxError
from graders.sandbox.kernel import CHANNELS
from graders.sandbox.launch import Ending, Sandbox, start
from graders.sandbox.limits import WallLimits

PROVISIONER = "graders-wall"
# A kernel message larger than this drops the connection; so many may wait to be read. Replies have more
# room than outputs: without its reply a cell would seem to run for ever.
_OUTPUT_BOUNDS = (8 * 2**20, 16)
_REPLY_BOUNDS = (128 * 2**20, 2)


class WalledProvisioner(KernelProvisionerBase):
    """Starts one kernel in a sandbox and owns the judge's end of its bridge."""

    address = Unicode(help="where the template listens").tag(config=True)
    wall = Unicode("namespaces", help="the wall around the kernel").tag(config=True)
    limits = Dict(help="limits of the kernel, see WallLimits").tag(config=True)
    files = Dict(help="files to put into its working folder: name -> path outside").tag(config=True)
    program = Dict(help="argv, env and interrupt of a kernel that is not ours").tag(config=True)
    gpus: Any = List(help="the GPU slots of the kernel").tag(config=True)
    gpu_memory_mb = Int(0, help="memory of each of its GPUs; 0: all").tag(config=True)
    bridge_number = Int(0, help="the bridge's descriptor in the kernel")

    parent: Any  # the kernel manager
    sandbox: Sandbox | None = None
    bridge: socket.socket | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started."""
        return self.sandbox is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the socket names of the channels."""
        self.parent.write_connection_file()
        return await super().pre_launch(cmd=["forked"], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Bind the sockets, fork the kernel with them, and keep the bridge."""
        info = self.parent.get_connection_info()
        listeners = [_listen(f"{info['ip']}-{info[f'{name}_port']}") for name in CHANNELS]
        self.bridge, inner = socket.socketpair()
        fds = [sock.fileno() for sock in (*listeners, inner)]
        try:
            self.sandbox = await asyncio.to_thread(self._start, fds, info["key"])
        finally:
            for sock in (*listeners, inner):
                sock.close()
        self.bridge_number = 100 + len(listeners)
        return info

    def _start(self, fds: list[int], key: bytes) -> Sandbox:
        ours = {"key": key.hex()}
        theirs = {"key": key.decode("ascii"), **self.program}  # as connection files have it
        return start(
            self.address,
            "graders.sandbox.foreign:main" if self.program else "graders.sandbox.kernel:main",
            arguments=theirs if self.program else ours,
            fds=fds,
            limits=WallLimits(**self.limits),
            wall=self.wall,
            files=dict(self.files),
            gpus=tuple(self.gpus),
            gpu_memory_mb=self.gpu_memory_mb,
        )

    async def poll(self) -> int | None:
        """Return None while the kernel runs, else its exit code."""
        ending = self.sandbox.poll() if self.sandbox else Ending()
        return None if ending is None else ending.code

    async def wait(self) -> int | None:
        """End the sandbox and return the kernel's exit code."""
        return (await asyncio.to_thread(self.sandbox.close)).code if self.sandbox else None

    async def send_signal(self, signum: int) -> None:
        """Send the kernel a signal."""
        if self.sandbox:
            self.sandbox.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """End the whole sandbox."""
        await self.wait()

    async def terminate(self, restart: bool = False) -> None:
        """End the whole sandbox; there is nothing in it to be polite to."""
        await self.wait()

    async def cleanup(self, restart: bool = False) -> None:
        """Close the bridge and remove the socket folder."""
        await self.wait()
        if self.bridge is not None:
            self.bridge.close()
            self.bridge = None
        shutil.rmtree(Path(self.parent.connection_file).parent, ignore_errors=True)


def _listen(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(16)
    os.set_blocking(listener.fileno(), False)
    return listener


class WalledKernelManager(AsyncKernelManager):
    """A kernel manager whose kernel spec exists only in memory."""

    walled_spec: KernelSpec

    @property
    def kernel_spec(self) -> KernelSpec:
        """The spec that names our provisioner."""
        return self.walled_spec


def kernel_manager(
    address: str,
    limits: WallLimits,
    *,
    wall: str = "namespaces",
    files: dict[str, str] | None = None,
    gpus: tuple[str, ...] = (),
    gpu_memory_mb: int = 0,
    program: dict[str, Any] | None = None,
) -> WalledKernelManager:
    """Return a manager whose kernel will be forked from the template at an address.

    ``program`` says how to start a kernel that is not ours: its argv, env, and interrupt.
    """
    folder = tempfile.mkdtemp(prefix="graders-k")
    context = zmq.asyncio.Context()
    manager = WalledKernelManager(
        transport="ipc", connection_file=str(Path(folder, "k.json")), context=context, shutdown_wait_time=0.0
    )
    config: dict[str, Any] = {"address": address, "wall": wall, "limits": limits.to_dict()}
    config |= {"files": files or {}, "gpus": list(gpus), "gpu_memory_mb": gpu_memory_mb}
    config["program"] = program or {}
    manager.walled_spec = KernelSpec(
        argv=[],
        display_name="Python behind a wall",
        language="python",
        metadata={"kernel_provisioner": {"provisioner_name": PROVISIONER, "config": config}},
    )
    return manager


def bounded_client(manager: WalledKernelManager) -> Any:
    """Return a client of a manager's kernel whose sockets take messages of bounded size and number."""
    client = manager.client(context=manager.context)
    for channel, (size, queued) in (("shell", _REPLY_BOUNDS), ("iopub", _OUTPUT_BOUNDS)):
        manager.context.setsockopt(zmq.MAXMSGSIZE, size)
        manager.context.setsockopt(zmq.RCVHWM, queued)
        getattr(client, f"{channel}_channel")  # connects, with the options of that moment
    return client


async def until_ready(client: Any, sandbox: Sandbox, seconds: float) -> None:
    """Wait until a new kernel answers, on iopub too; raises SandboxError if it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and sandbox.poll() is None:
        asked = client.kernel_info()
        try:
            await client.shell_channel.get_msg(timeout=1)
            while not _is_idle(await client.iopub_channel.get_msg(timeout=0.2), asked):
                pass
        except Empty:
            continue  # not there yet, or the subscription does not stand: ask again
        return
    raise SandboxError("A kernel did not start.", hint="Run: graders doctor")


def _is_idle(message: dict[str, Any], asked: str) -> bool:
    state = message["content"].get("execution_state")
    return bool(message["parent_header"].get("msg_id") == asked and state == "idle")
