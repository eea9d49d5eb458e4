"""A trusted warm process (imports done, no student code ever runs in it) that forks sandboxes.

Run as ``python -m graders.sandbox.template SOCKET PREPARE MODULE...`` (PREPARE is ``module:function=path``
or ``-``: what to call once, which says how much of it is safe to fork), with a socket as stdin.
Every connection to the socket asks for one process and stays open as its lifeline: when the asker closes
it or dies, the process and everything it started is killed; when the process ends, the answer says how.

    template -> monitor (outside, watches memory and the lifeline)
                  -> init (first process behind the wall, reaps; all end with it; none without a wall)
                       -> the target function
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graders.sandbox import cgroup, gpu, namespaces, seccomp, system
from graders.sandbox.limits import WallLimits
from graders.sandbox.monitor import Watch

_REQUEST_BYTES = 2**18
_MAX_FDS = 32


def main(argv: list[str]) -> None:
    """Become a template in a fresh process: it serves until stdin closes."""
    address, preparation, modules = argv[0], argv[1], argv[2:]
    lifeline = socket.socket(fileno=os.dup(0))
    _serve(address, preparation, modules, lifeline, afresh=True)


def fork(fds: list[int], arguments: dict[str, Any]) -> None:
    """Become a template in a child of another one, whose imports it has for nothing."""
    lifeline = socket.socket(fileno=fds[0])
    _serve(arguments["address"], arguments["preparation"], arguments["modules"], lifeline)


def _serve(
    address: str, preparation: str, modules: list[str], lifeline: socket.socket, afresh: bool = False
) -> None:
    """Import the modules, prepare, listen, and fork one monitor per connection until the lifeline ends."""
    try:
        gc.disable()  # nothing that imports make is garbage, and looking for it is a tenth of their time
        for name in ("pyseccomp", *modules):  # the filter's library first: finding it starts a program
            importlib.import_module(name)
        gc.enable()
        prepared = _prepare(preparation)
    except Exception as error:
        tell(lifeline, {"error": f"{type(error).__name__}: {error}"})
        raise
    cgroup.sweep()
    _settle(afresh)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides, not the terminal
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # monitors need no reaping
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(address)
    listener.listen(256)
    tell(lifeline, {"prepared": prepared, "threads": len(os.listdir("/proc/self/task"))})
    while True:
        ready, _, _ = select.select([listener, lifeline], [], [])
        if lifeline in ready:
            return  # our supervisor is gone
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            lifeline.close()
            _guarded(lambda: monitor(connection), connection)  # noqa: B023 (called before the next one)
        connection.close()


def _settle(afresh: bool) -> None:
    """Do once what every fork would do again, and make the memory that forks share cheap to share."""
    seccomp.prepare()
    namespaces.prepare()
    gc.collect()
    gc.freeze()  # a child's garbage collector would write to every page with an object: a copy of each
    if afresh:  # one forked from another template shares its large pages, and would only copy them
        system.use_large_pages()


def _prepare(preparation: str) -> int:
    if preparation == "-":
        return 0
    target, path = preparation.split("=", 1)
    module, name = target.split(":")
    return int(getattr(importlib.import_module(module), name)(path))


def _guarded(work: Callable[[], None], connection: socket.socket) -> None:
    """Run the rest of a forked process; it must never return into the template's loop."""
    try:
        work()
    except BaseException as error:  # noqa: BLE001 (told to the asker, then the process ends)
        tell(connection, {"error": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(0)


def tell(connection: socket.socket, message: dict[str, Any], fds: list[int] | None = None) -> None:
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
    reports, reporter = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        os.close(standing)
        reports.close()
        if group is not None:
            group.join()
        inner = [*fds, reporter.detach(), raised]
        _guarded(lambda: init(request, identity, limits, inner, connection), connection)
    for fd in (*fds, raised):
        os.close(fd)
    reporter.close()
    os.read(standing, 1)  # ends when the view stands: from then on /proc here shows exactly the tree
    if request["wall"] == "none":
        tell(connection, {"started": pid}, [os.pidfd_open(pid)])
    ending = Watch(pid, connection, reports, limits, walled, group).run()
    tell(connection, {"ended": ending})


def init(
    request: dict[str, Any],
    identity: namespaces.Identity | None,
    limits: WallLimits,
    fds: list[int],
    connection: socket.socket,
) -> None:
    """Build the view, fork the target, tell the asker its pidfd, and reap until it ends.

    Our own code behind no wall needs no first process: it becomes the target itself.
    """
    system.die_with_parent()
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    if identity is not None:
        files = {name: Path(source).read_bytes() for name, source in request["files"].items()}
        namespaces.build_view(identity, limits, files, gpu.devices(tuple(request["gpus"])))
        os.chdir(namespaces.HOME)
    elif request.get("folder"):
        os.chdir(request["folder"])
    os.close(fds.pop())  # the view stands
    pid = 0 if request["wall"] == "none" else os.fork()
    if pid == 0:
        connection.close()
        run_target(request, fds, lambda: _give_up(request["wall"], identity, limits))
    target = os.pidfd_open(pid)
    tell(connection, {"started": os.getpid()}, [target])
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


def run_target(request: dict[str, Any], fds: list[int], give_up: Callable[[], int]) -> None:
    """Become the target: fixed descriptor numbers from 100 on, nothing else inherited, no rights.

    The last descriptor is where to send the one that ``give_up`` returns, unless that is -1.
    """
    code = 1
    try:
        fds = place_descriptors(fds)
        namespaces.close_other_descriptors({0, 1, 2, *fds})
        with socket.socket(fileno=fds.pop()) as reporter:
            gpu.prepare(tuple(request["gpus"]), request["gpu_memory_mb"])
            listener = give_up()
            if listener >= 0:
                socket.send_fds(reporter, [b"+"], [listener])
                os.close(listener)
        module, name = request["target"].split(":")
        getattr(importlib.import_module(module), name)(fds, request["arguments"])
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 (the exit code tells the monitor)
        _log_traceback()
    finally:
        os._exit(code)


def _give_up(wall: str, identity: namespaces.Identity | None, limits: WallLimits) -> int:
    """Lose the rights that a wall takes; return the descriptor that tells of denied calls, or -1."""
    if identity is not None:
        return namespaces.give_up_rights(identity, limits, dumpable=True, tell=True)
    system.die_with_parent()
    if wall == "process":
        namespaces.limit_only(limits)
    return -1


def _log_traceback() -> None:
    """Write the traceback to stderr, which a developer can point to a file; normally /dev/null."""
    import traceback

    traceback.print_exc()


def place_descriptors(fds: list[int]) -> list[int]:
    """Move descriptors to a high block of fixed numbers, so that nothing is overwritten on the way."""
    placed = []
    for i, fd in enumerate(fds):
        os.dup2(fd, 100 + i)
        placed.append(100 + i)
    return placed


if __name__ == "__main__":
    main(sys.argv[1:])
