"""What a monitor does while a sandbox runs: watch its lifeline and memory, answer denied calls, keep facts.

Runs in the forked monitor process of a template, outside the walled PID namespace but inside its mount
namespace, so that /proc shows exactly the processes of the sandbox.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections import Counter
from pathlib import Path
from typing import Any

from graders.sandbox import seccomp
from graders.sandbox.cgroup import Group
from graders.sandbox.limits import WallLimits

_POLL_SECONDS = 0.1
_WRITABLE = "/tmp"  # noqa: S108 (the sandbox's own tmpfs)


class Watch:
    """The watch over one sandbox, from the moment its view stands to its end."""

    def __init__(
        self,
        pid: int,
        connection: socket.socket,
        reports: socket.socket,
        limits: WallLimits,
        walled: bool,
        group: Group | None,
    ) -> None:
        self._pid = pid
        self._connection = connection
        self._reports = reports
        self._limits = limits
        self._walled = walled
        self._group = group
        self._denied: Counter[str] = Counter()
        self._peak = 0.0
        own = Path("/proc/1/status") if walled else Path("/proc/self/status")
        self._inherited = field_mb(own, "RssAnon:")

    def run(self) -> dict[str, Any]:
        """Wait for the first process; end it when the asker hangs up or memory runs out; say how it ended."""
        began = time.monotonic()
        reason = self._wait()
        facts = self._facts()
        if reason:
            os.kill(self._pid, signal.SIGKILL)
        _, status, usage = os.wait4(self._pid, 0)
        ending = {
            "code": _code(status),
            "reason": reason,
            "peak_memory_mb": round(self._peak, 1),
            "cpu_seconds": usage.ru_utime + usage.ru_stime + time.process_time(),
            "wall_seconds": time.monotonic() - began,
            "facts": facts,
        }
        return ending if self._group is None else self._counted(self._group, ending)

    def _wait(self) -> str:
        """Return why the sandbox has to be ended, empty if it ended by itself."""
        poller = select.poll()
        handle = self._handle()
        for descriptor in (handle, self._connection.fileno(), self._reports.fileno()):
            poller.register(descriptor, select.POLLIN)
        listener = -1
        while True:
            ready = dict(poller.poll(_POLL_SECONDS * 1000))
            if handle in ready:
                return ""
            if self._reports.fileno() in ready:
                poller.unregister(self._reports.fileno())
                listener = self._listener(poller)
            if listener in ready:
                self._deny(listener, ready[listener], poller)
            if self._connection.fileno() in ready:
                return "closed"
            if self._starving():
                return "memory"

    def _handle(self) -> int:
        """Return a descriptor that can be read when the sandbox has ended."""
        return os.pidfd_open(self._pid)

    def _listener(self, poller: select.poll) -> int:
        """Take the descriptor that tells of denied calls; -1 if the target ended before it sent one."""
        _, fds, _, _ = socket.recv_fds(self._reports, 1, 1)
        if fds:
            poller.register(fds[0], select.POLLIN)
        return fds[0] if fds else -1

    def _deny(self, listener: int, event: int, poller: select.poll) -> None:
        if event & select.POLLIN:
            name = seccomp.deny(listener)
            self._denied.update([name] if name else [])
        else:
            poller.unregister(listener)  # nobody is left to call

    def _starving(self) -> bool:
        used = self._used_mb()
        self._peak = max(self._peak, used)
        if used <= self._limits.memory_mb:
            return False
        return self._exact_mb() - self._inherited / 2 > self._limits.memory_mb

    def _used_mb(self) -> float:
        """Return what the tree's processes use beyond what each inherited from the template, in MB.

        Quick, and never too little: pages that processes of the tree share are counted more than once.
        """
        paths = [Path("/proc", pid, "status") for pid in self._pids()]
        own = sum(max(0.0, field_mb(path, "RssAnon:") - self._inherited) for path in paths)
        return own + sum(field_mb(path, "RssShmem:") for path in paths)

    def _exact_mb(self) -> float:
        """Return the tree's memory in MB with shared pages counted once.

        The template's own pages are shared by at least four processes, so about half of them is in it.
        """
        rollups = [Path("/proc", pid, "smaps_rollup") for pid in self._pids()]
        return sum(field_mb(path, name) for path in rollups for name in ("Pss_Anon:", "Pss_Shmem:"))

    def _pids(self) -> list[str]:
        if not self._walled:
            return [str(self._pid)]
        return [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]

    def _facts(self) -> list[str]:
        """Return what the sandbox tried or used up, as facts; why it did so nobody can know from here."""
        facts = self._denials()
        if self._walled:
            space = os.statvfs(_WRITABLE)
            facts += ["its disk space was full"] if space.f_bavail == 0 else []
            facts += ["it could create no more files"] if space.f_favail == 0 else []
        if self._group is not None and self._group.refused_processes():
            facts.append(f"it reached its limit of {self._limits.processes} processes")
        return facts

    def _denials(self) -> list[str]:
        return [f"denied system call {name}, {count} times" for name, count in sorted(self._denied.items())]

    def _counted(self, group: Group, ending: dict[str, Any]) -> dict[str, Any]:
        """Put in what the control group knows better, and remove it."""
        counted_cpu = group.cpu_seconds()
        starved = group.out_of_memory() and ending["reason"] != "closed"
        counted = {
            "reason": "memory" if starved else ending["reason"],
            "peak_memory_mb": round(group.peak_memory_mb(), 1) or ending["peak_memory_mb"],
            "cpu_seconds": counted_cpu + time.process_time() if counted_cpu else ending["cpu_seconds"],
        }
        group.remove()
        return {**ending, **counted}


def _code(status: int) -> int:
    """Return an exit code; that of a process ended by a signal is 128 and the signal's number."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def field_mb(path: Path, field: str) -> float:
    """Return a field of a file such as /proc/PID/status in MB; 0 if the process is gone."""
    try:
        for line in path.read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    except (OSError, ValueError):
        pass  # the process ended meanwhile
    return 0.0
