"""A trusted warm process (imports done, no student code ever runs in it) that forks sandboxes.

Run as ``python -m graders.sandbox.template SOCKET MODULE...``. Every connection to the socket asks
for one process and stays open as its lifeline: when the asker closes it or dies, the process and
everything it started is killed; when the process ends, the answer says how.

    template -> monitor (outside, watches memory and the lifeline)
                  -> init (first process behind the wall, reaps; all end with it)
                       -> the target function
"""

from __future__ import annotations

import array
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graders.sandbox import cgroup, namespaces, system
from graders.sandbox.limits import WallLimits

_POLL_SECONDS = 0.1
_REQUEST_BYTES = 2**16
_MAX_FDS = 32


def main(argv: list[str]) -> None:
    """Import the modules, listen, and fork one monitor per connection until stdin closes."""
    address, modules = argv[0], argv[1:]
    for name in modules:
        importlib.import_module(name)
    cgroup.sweep()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides, not the terminal
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # monitors need no reaping
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(address)
    listener.listen(256)
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return  # our supervisor is gone
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _guarded(lambda: monitor(connection), connection)  # noqa: B023 (called before the next one)
        connection.close()


def _guarded(work: Callable[[], None], connection: socket.socket) -> None:
    """Run the rest of a forked process; it must never return into the template's loop."""
    try:
        work()
    except BaseException as error:  # noqa: BLE001 (told to the asker, then the process ends)
        _tell(connection, {"error": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(0)


def _tell(connection: socket.socket, message: dict[str, Any], fds: list[int] | None = None) -> None:
    """Send a message to the asker; if the asker is gone there is nobody to tell."""
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    try:
        connection.sendmsg([json.dumps(message).encode()], ancillary)
    except OSError:
        return


def monitor(connection: socket.socket) -> None:
    """Read a request, raise the wall, fork the init process and watch it until it ends."""
    system.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    data, fds, _, _ = socket.recv_fds(connection, _REQUEST_BYTES, _MAX_FDS)
    if not data:
        return
    request = json.loads(data)
    limits = WallLimits(**request["limits"])
    walled = request["wall"] == "namespaces"
    group = cgroup.make(limits) if request["wall"] != "none" else None
    identity = namespaces.leave(os.getpid()) if walled else None
    standing, raised = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(standing)
        if group is not None:
            group.join()
        _guarded(lambda: init(request, identity, limits, [*fds, raised], connection), connection)
    for fd in (*fds, raised):
        os.close(fd)
    os.read(standing, 1)  # ends when the view stands: from then on /proc here shows exactly the tree
    ending = _watch(pid, connection, limits, walled)
    if group is not None:
        ending.update(_counted(group, ending))
        group.remove()
    _tell(connection, {"ended": ending})


def _counted(group: cgroup.Group, ending: dict[str, Any]) -> dict[str, Any]:
    """Return what the control group knows better than the watchdog."""
    starved = group.out_of_memory() and ending["reason"] != "closed"
    return {
        "reason": "memory" if starved else ending["reason"],
        "peak_memory_mb": round(group.peak_memory_mb(), 1) or ending["peak_memory_mb"],
        "cpu_seconds": group.cpu_seconds() or ending["cpu_seconds"],
    }


def init(
    request: dict[str, Any],
    identity: namespaces.Identity | None,
    limits: WallLimits,
    fds: list[int],
    connection: socket.socket,
) -> None:
    """Build the view, fork the target, tell the asker its pidfd, and reap until it ends."""
    system.die_with_parent()
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    if identity is not None:
        files = {name: Path(source).read_bytes() for name, source in request["files"].items()}
        namespaces.build_view(identity, limits, files)
        os.chdir(namespaces.HOME)
    elif request.get("folder"):
        os.chdir(request["folder"])
    os.close(fds.pop())  # the view stands
    pid = os.fork()
    if pid == 0:
        _run_target(request, identity, limits, fds, connection)
    target = os.pidfd_open(pid)
    _tell(connection, {"started": os.getpid()}, [target])
    namespaces.close_other_descriptors({0, 1, 2})
    if identity is not None:
        namespaces.give_up_rights(identity, limits, dumpable=False)
    os._exit(_reap(pid))


def _reap(target: int) -> int:
    """Wait for children until the target ends; return its exit code, or 128 + signal."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == target:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _run_target(
    request: dict[str, Any],
    identity: namespaces.Identity | None,
    limits: WallLimits,
    fds: list[int],
    connection: socket.socket,
) -> None:
    """Become the target: fixed descriptor numbers from 3 on, nothing else inherited, no rights."""
    code = 1
    try:
        connection.close()
        fds = _place(fds)
        namespaces.close_other_descriptors({0, 1, 2, *fds})
        if identity is not None:
            namespaces.give_up_rights(identity, limits, dumpable=True)
        else:
            system.die_with_parent()
            if request["wall"] == "process":
                namespaces.limit_only(limits)
        module, name = request["target"].split(":")
        getattr(importlib.import_module(module), name)(fds, request["arguments"])
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 (the exit code tells the monitor)
        _log_traceback()
    finally:
        os._exit(code)


def _log_traceback() -> None:
    """Write the traceback to stderr, which a developer can point to a file; normally /dev/null."""
    import traceback

    traceback.print_exc()


def _place(fds: list[int]) -> list[int]:
    """Move descriptors to a high block of fixed numbers, so that nothing is overwritten on the way."""
    placed = []
    for i, fd in enumerate(fds):
        os.dup2(fd, 100 + i)
        placed.append(100 + i)
    return placed


def _watch(pid: int, connection: socket.socket, limits: WallLimits, walled: bool) -> dict[str, Any]:
    """Wait for the init process; end it when the asker hangs up or its tree uses too much memory."""
    handle = os.pidfd_open(pid)
    poller = select.poll()
    poller.register(handle, select.POLLIN)
    poller.register(connection, select.POLLIN)
    reason, peak, start = "", 0.0, time.monotonic()
    inherited = _field_mb(Path("/proc/self/status") if not walled else Path("/proc/1/status"), "RssAnon:")
    while True:
        ready = dict(poller.poll(_POLL_SECONDS * 1000))
        if handle in ready:
            break
        used = _tree_mb(pid, walled, inherited)
        peak = max(peak, used)
        if connection.fileno() in ready:
            reason = "closed"
        elif used > limits.memory_mb and _exact_mb(pid, walled) - inherited / 2 > limits.memory_mb:
            reason = "memory"
        if reason:
            os.kill(pid, signal.SIGKILL)
            break
    _, status, usage = os.wait4(pid, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "reason": reason,
        "peak_memory_mb": round(max(0.0, peak), 1),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "wall_seconds": time.monotonic() - start,
    }


def _pids(pid: int, walled: bool) -> list[str]:
    """Return the tree's processes: behind the wall, where the monitor stands too, all of /proc."""
    return [p.name for p in Path("/proc").iterdir() if p.name.isdigit()] if walled else [str(pid)]


def _tree_mb(pid: int, walled: bool, inherited: float) -> float:
    """Return what the tree's processes use beyond what each inherited from the template, in MB.

    Quick, and never too little: pages that processes of the tree share are counted more than once.
    """
    own = (_field_mb(Path("/proc", p, "status"), "RssAnon:") for p in _pids(pid, walled))
    shared = (_field_mb(Path("/proc", p, "status"), "RssShmem:") for p in _pids(pid, walled))
    return sum(max(0.0, mb - inherited) for mb in own) + sum(shared)


def _exact_mb(pid: int, walled: bool) -> float:
    """Return the tree's memory in MB with shared pages counted once.

    The template's own pages are shared by at least four processes, so about half of them is in it.
    """
    rollups = [Path("/proc", p, "smaps_rollup") for p in _pids(pid, walled)]
    return sum(_field_mb(path, name) for path in rollups for name in ("Pss_Anon:", "Pss_Shmem:"))


def _field_mb(path: Path, field: str) -> float:
    try:
        for line in path.read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    except (OSError, ValueError):
        pass  # the process ended meanwhile
    return 0.0


if __name__ == "__main__":
    main(sys.argv[1:])
