"""The first process in a container: imports what kernels need, waits, becomes the parent of one kernel.

Run as ``python -m graders.sandbox.inside MODULE...`` in a container that has a socket at DOOR. It is
trusted and single-use: it says that it is ready, is handed one request with the kernel's sockets, forks
the kernel, says how that ended, and ends when the door closes. It shares the user id of what it starts,
which can neither trace it nor signal it: it is not dumpable, and the first process of its namespace.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import tarfile
from pathlib import Path
from typing import Any

from graders.sandbox import namespaces, seccomp, system
from graders.sandbox.limits import WallLimits, apply
from graders.sandbox.runtimes import DOOR
from graders.sandbox.template import run_target, tell

_REQUEST_BYTES = 2**18
_MAX_FDS = 32
_POLL_SECONDS = 0.2
_FOREIGN = ("container", "TERM", "PWD", "HOSTNAME")  # of the container program, not of a kernel
_MORE_LIKELY = "500"  # the kernel ends for want of memory before its parent does


def main(modules: list[str]) -> None:
    """Get ready, serve one request, and end when the door closes."""
    door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    door.connect(f"{DOOR}/door")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one signal that Python handles
    try:
        _prepare(modules)
    except Exception as error:
        tell(door, {"error": f"{type(error).__name__}: {error}"})
        raise
    tell(door, {"ready": os.getpid()}, [os.pidfd_open(os.getpid())])
    data, fds, _, _ = socket.recv_fds(door, _REQUEST_BYTES, _MAX_FDS)
    if data:
        _serve(door, json.loads(data), fds)


def _prepare(modules: list[str]) -> None:
    """Import the modules, and do what the parent of a kernel has to do before it meets one."""
    for name in _FOREIGN:
        os.environ.pop(name, None)
    system.set_dumpable(False)
    gc.disable()
    for module in ("pyseccomp", *modules):
        importlib.import_module(module)
    gc.enable()
    seccomp.prepare()
    gc.collect()
    gc.freeze()


def _serve(door: socket.socket, request: dict[str, Any], fds: list[int]) -> None:
    """Fork the target and say how it ends."""
    try:
        _unpack(fds.pop(0))
        pid = os.fork()
    except OSError as error:
        tell(door, {"error": f"{type(error).__name__}: {error}"})
        return
    if pid == 0:
        door.close()
        limits = WallLimits(**request["limits"])
        run_target(request, fds, lambda: _give_up(limits, alone=request["alone"]))
    target = os.pidfd_open(pid)
    for fd in fds:
        os.close(fd)
    tell(door, {"started": pid}, [target])
    code = _wait(door, pid, target)
    tell(door, {"ended": code, "facts": _facts()})
    door.recv(1)  # what counted its resources reads them before it closes the door


def _unpack(archive: int) -> None:
    """Put the files of the hand-in into the working folder; their names were checked outside."""
    with os.fdopen(archive, "rb") as file, tarfile.open(fileobj=file, mode="r:") as packed:
        for member in packed:
            content = packed.extractfile(member)
            if content is not None:
                path = Path(namespaces.HOME, member.name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())


def _give_up(limits: WallLimits, *, alone: bool) -> int:
    """Do what the container program leaves to us; return the descriptor that tells of denied calls.

    ``alone`` says that the user has no processes elsewhere, which a limit on processes would count too.
    """
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)
    apply(limits, processes=alone)
    system.drop_capabilities()
    system.no_new_privileges()
    system.die_with_parent()
    system.set_dumpable(True)
    Path("/proc/self/oom_score_adj").write_text(_MORE_LIKELY)  # not ours to write before
    return seccomp.load(tell=True)


def _wait(door: socket.socket, pid: int, target: int) -> int:
    """Reap until the target ends or the door says that it is over; return the exit code, 128 + signal."""
    poller = select.poll()
    poller.register(target, select.POLLIN)
    poller.register(door.fileno(), select.POLLIN)
    while True:
        ready = dict(poller.poll(_POLL_SECONDS * 1000))
        code = _reap(pid)
        if code is not None:
            return code
        if door.fileno() in ready:
            return 128 + signal.SIGKILL


def _reap(target: int) -> int | None:
    """Collect what has ended; return the target's exit code if it is among it."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return 128 + signal.SIGKILL
        if pid == 0:
            return None
        if pid == target:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _facts() -> list[str]:
    """Return what the kernel used up of its disk space."""
    spaces = [os.statvfs(place) for place in (namespaces.HOME, "/tmp", "/dev/shm")]  # noqa: S108 (its own)
    full = ["its disk space was full"] if any(space.f_bavail == 0 for space in spaces) else []
    used_up = any(space.f_files and space.f_favail == 0 for space in spaces)
    return full + (["it could create no more files"] if used_up else [])


if __name__ == "__main__":
    main(sys.argv[1:])
