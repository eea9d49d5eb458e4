"""A process that keeps containers ready and hands each asker one: the container wall's template.

Run as ``python -m graders.sandbox.pool SOCKET PLAN`` with a socket as stdin. It is asked exactly as a
template is (see graders.sandbox.template). Every container is used once; the next ones start while
others work, so that no submission waits for a start.

    pool -> monitor (outside: hands over the request, watches memory, lifeline and denied calls, counts)
    container program -> first process (graders.sandbox.inside) -> the target function
"""

from __future__ import annotations

import io
import json
import os
import select
import shutil
import signal
import socket
import sys
import tarfile
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

from graders.sandbox import cgroup, gpu, namespaces, system
from graders.sandbox.containers import Container, Plan, make_folder, pinned, sweep
from graders.sandbox.limits import WallLimits
from graders.sandbox.meter import TreeClock
from graders.sandbox.monitor import Watch, field_mb
from graders.sandbox.template import tell

_REQUEST_BYTES = 2**18
_MAX_FDS = 32
_AT_A_TIME = 4  # containers that start; more would only slow each other down
_START_SECONDS = 300.0  # from the command to the kernel's imports, on however busy a machine
_TRIES = 3  # failed starts in a row before askers are told


def main(argv: list[str]) -> None:
    """Serve at an address until stdin closes."""
    lifeline = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides, not the terminal
    pool: Pool | None = None
    try:
        plan = pinned(Plan.from_json(argv[1]))
        sweep(plan)
        pool = Pool(argv[0], plan, lifeline)
        pool.serve()
    except Exception as error:
        tell(lifeline, {"error": f"{type(error).__name__}: {error}"})
        raise
    finally:
        if pool is not None:
            pool.close()


class Pool:
    """The containers that start or wait, and the askers that wait for one."""

    def __init__(self, address: str, plan: Plan, lifeline: socket.socket) -> None:
        self._plan, self._lifeline = plan, lifeline
        self._folder = make_folder()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(address)
        self._listener.listen(256)
        self._starting: list[Container] = []
        self._ready: deque[Container] = deque()
        self._askers: deque[socket.socket] = deque()
        self._monitors: set[int] = set()
        self._expected: int | None = None  # how often we shall be asked yet; None: nobody knows
        self._number = self._failures = 0
        self._told = False

    def serve(self) -> None:
        """Keep containers ready and hand them out until the supervisor is gone."""
        while True:
            self._refill()
            for descriptor in self._wait():
                if descriptor == self._lifeline.fileno():
                    if not self._obey():
                        return
                elif descriptor == self._listener.fileno():
                    self._askers.append(self._listener.accept()[0])
                else:
                    self._advance(descriptor)
            self._check_starting()
            self._hand_out()
            self._reap()

    def _wait(self) -> list[int]:
        poller = select.poll()
        for descriptor in (self._lifeline.fileno(), self._listener.fileno()):
            poller.register(descriptor, select.POLLIN)
        for container in self._starting:
            heard = container.door if container.door is not None else container.listener
            poller.register(heard.fileno(), select.POLLIN)
        for container in self._ready:
            if container.door is not None:
                poller.register(container.door.fileno(), select.POLLIN)  # it ended while it waited
        return [descriptor for descriptor, _ in poller.poll(200)]

    def _obey(self) -> bool:
        """Read how many more containers will be asked for; False if the supervisor is gone."""
        data = self._lifeline.recv(2**10)
        if data:
            self._expected = int(json.loads(data)["expect"])
        return bool(data)

    def _refill(self) -> None:
        ahead = self._plan.ahead if self._expected is None else min(self._plan.ahead, self._expected)
        need = max(ahead, len(self._askers)) - len(self._ready) - len(self._starting)
        for _ in range(min(need, _AT_A_TIME - len(self._starting))):
            self._number += 1
            self._starting.append(Container(self._plan, self._number, self._folder))

    def _advance(self, descriptor: int) -> None:
        """Let a container in, or hear that it is ready or has ended."""
        for container in self._starting:
            if container.door is None and container.listener.fileno() == descriptor:
                container.open_door()
                return
            if container.door is not None and container.door.fileno() == descriptor:
                self._heard(container, container.hear())
                return
        for container in [c for c in self._ready if c.door is not None and c.door.fileno() == descriptor]:
            self._ready.remove(container)
            container.forget()

    def _heard(self, container: Container, problem: str) -> None:
        self._starting.remove(container)
        if not problem:
            self._failures = 0
            self._ready.append(container)
            self._tell_supervisor({"prepared": 1, "threads": 1})
            return
        container.kill()
        container.forget()
        self._failures += 1
        if self._failures < _TRIES:
            return
        self._failures = 0
        self._tell_supervisor({"error": problem})
        while self._askers:
            asker = self._askers.popleft()
            tell(asker, {"error": problem})
            asker.close()

    def _tell_supervisor(self, message: dict[str, Any]) -> None:
        if not self._told:
            tell(self._lifeline, message)
            self._told = True

    def _check_starting(self) -> None:
        for container in list(self._starting):
            problem = container.problem()
            if not problem and time.monotonic() - container.began > _START_SECONDS:
                problem = "a container did not start in time"
            if problem:
                self._heard(container, problem)

    def _hand_out(self) -> None:
        while self._askers and self._ready:
            asker, container = self._askers.popleft(), self._ready.popleft()
            if self._expected:
                self._expected -= 1
            pid = os.fork()
            if pid == 0:
                _monitor_and_exit(asker, container)
            self._monitors.add(pid)
            asker.close()
            container.forget()

    def _reap(self) -> None:
        for pid in list(self._monitors):
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._monitors.discard(pid)

    def close(self) -> None:
        """End all containers, of monitors too."""
        for pid in self._monitors:
            os.kill(pid, signal.SIGTERM)
        for container in (*self._starting, *self._ready):
            container.kill()
            container.forget()
        shutil.rmtree(self._folder, ignore_errors=True)


def _monitor_and_exit(asker: socket.socket, container: Container) -> None:
    """Run the rest of a forked process, which must never return into the pool's loop."""
    try:
        system.die_with_parent()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        monitor(asker, container)
    except BaseException as error:  # noqa: BLE001 (told to the asker, then the process ends)
        tell(asker, {"error": f"{type(error).__name__}: {error}"})
    finally:
        container.kill()
        os._exit(0)


def monitor(asker: socket.socket, container: Container) -> None:
    """Hand a request to a container, and watch the container until it ends."""
    door = container.door
    assert door is not None  # noqa: S101 (it is ready)
    namespaces.close_other_descriptors({0, 1, 2, asker.fileno(), door.fileno(), container.pidfd})
    data, fds, _, _ = socket.recv_fds(asker, _REQUEST_BYTES, _MAX_FDS)
    if not data:
        return
    request = json.loads(data)
    limits = WallLimits(**request["limits"])
    if limits != container.plan.limits:
        raise ValueError("the limits are not those of the pool")
    group = cgroup.group_of(container.pid)
    reports, reporter = socket.socketpair()
    with reporter, _packed(request.pop("files")) as archive:
        alone = os.geteuid() == 0
        plain = {**request, "gpus": _inside(container.plan), "alone": alone}
        socket.send_fds(door, [json.dumps(plain).encode()], [archive.fileno(), *fds, reporter.fileno()])
    for fd in fds:
        os.close(fd)
    watch = ContainerWatch(container, asker, reports, limits, group)
    started, targets, _, _ = socket.recv_fds(door, 2**16, 1)
    tell(asker, json.loads(started) if started else {"error": "the container ended"}, targets)
    tell(asker, {"ended": watch.run()})


def _inside(plan: Plan) -> tuple[str, ...]:
    """Return how the container calls its GPUs; apptainer shows all of them, under their own names."""
    return plan.gpus if plan.runtime == "apptainer" else gpu.renumbered(plan.gpus)


def _packed(files: dict[str, str]) -> Any:
    """Return an open file that holds the files of a hand-in, by their names in the working folder."""
    archive = tempfile.TemporaryFile()
    with tarfile.open(fileobj=archive, mode="w") as packed:
        for name, source in sorted(files.items()):
            content = Path(source).read_bytes()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    archive.seek(0)
    return archive


class ContainerWatch(Watch):
    """The watch over one container, from outside its namespaces."""

    def __init__(
        self,
        container: Container,
        asker: socket.socket,
        reports: socket.socket,
        limits: WallLimits,
        group: cgroup.Group,
    ) -> None:
        super().__init__(container.pid, asker, reports, limits, walled=False, group=group)
        assert container.door is not None  # noqa: S101 (it is ready)
        self._container, self._door = container, container.door
        self._cgroup = group
        self._clock = TreeClock(container.pid)
        self._inherited = field_mb(Path(f"/proc/{container.pid}/status"), "RssAnon:")
        self._first = (group.cpu_seconds(), group.memory_mb())

    def run(self) -> dict[str, Any]:
        """Wait for the target; end the container if the asker hangs up or memory runs out; say how it ended."""
        began = time.monotonic()
        reason = self._wait()
        if reason:
            self._door.shutdown(socket.SHUT_WR)
        said = self._last_words()
        code = said.get("ended") if not reason else None
        starved = self._cgroup.out_of_memory() and reason != "closed"
        ending = {
            "code": code if isinstance(code, int) else 128 + signal.SIGKILL,
            "reason": "memory" if starved else reason,
            "peak_memory_mb": round(max(self._peak, self._cgroup.peak_memory_mb() - self._first[1]), 1),
            "cpu_seconds": max(0.0, self._clock.seconds() - self._first[0]) + time.process_time(),
            "wall_seconds": time.monotonic() - began,
            "facts": self._denials() + _texts(said.get("facts")) + self._refusals(),
        }
        self._container.kill()
        self._cgroup.close()
        return ending

    def _handle(self) -> int:
        return self._door.fileno()

    def _last_words(self) -> dict[str, Any]:
        """Return what the first process says at the end; nothing if it was ended itself."""
        try:
            self._door.settimeout(1.0)
            data = self._door.recv(2**16)
            said: dict[str, Any] = json.loads(data) if data else {}
        except (OSError, ValueError):
            return {}
        return said

    def _refusals(self) -> list[str]:
        refused = self._cgroup.refused_processes()
        return [f"it reached its limit of {self._limits.processes} processes"] if refused else []

    def _pids(self) -> list[str]:
        return [str(pid) for pid in (self._pid, *self._clock.processes())]


def _texts(value: Any) -> list[str]:
    return [str(text)[:200] for text in value[:4]] if isinstance(value, list) else []


if __name__ == "__main__":
    main(sys.argv[1:])
