"""CPU time of a process tree, read from outside it: nothing the tree does can change the numbers."""

from __future__ import annotations

import os
import time
from pathlib import Path

from graders.sandbox.cgroup import usage_of

_TICKS = os.sysconf("SC_CLK_TCK")


class TreeClock:
    """The CPU time of everything in the sandbox of one process, ended and orphaned processes too.

    Read from its control group where there is one, else summed over the processes below the sandbox's
    first one, which inherits orphans. Then what an ignored SIGCHLD lets vanish unreaped is missing.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.root = _first_of_sandbox(pid)
        self._usage = usage_of(pid)
        self._last = 0.0

    def seconds(self) -> float:
        """Return CPU seconds so far; it never goes back, not even when the processes are gone."""
        counted = self._usage() if self._usage is not None else cpu_seconds(self.root)
        self._last = max(self._last, counted)
        return self._last

    @property
    def running(self) -> bool:
        """Whether the process itself is still there."""
        return self.pid > 0 and _state(self.pid) not in ("", "Z", "X")

    def processes(self) -> list[int]:
        """Return the processes of the sandbox without its first, which only waits for the others."""
        found = _tree(self.root)
        return found if self.root == self.pid else found[1:]


def _first_of_sandbox(pid: int) -> int:
    """Return the first process of the PID namespace a process was made in; itself if it has none of its own."""
    parent = int(_status(pid, "PPid") or 0)
    ids = _status(parent, "NSpid").split() if parent > 0 else []
    return parent if len(ids) > 1 and ids[-1] == "1" else pid


def _status(pid: int, field: str) -> str:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(f"{field}:")), "")


def _state(pid: int) -> str:
    return _status(pid, "State")[:1]


def cpu_seconds(pid: int) -> float:
    """Return CPU seconds of a process, its living descendants and the children it has waited for.

    The living are read to the nanosecond from their CPU clocks (clock_getcpuclockid(3)); the ended
    ones to a clock tick from stat. A process that is gone counts zero.
    """
    return sum(_own(p) + _ended_children(p) for p in _tree(pid)) if pid > 0 else 0.0


def core_of(pid: int) -> int:
    """Return the core a process ran on last, -1 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[36])  # proc(5): processor
    except OSError:
        return -1


def _tree(pid: int) -> list[int]:
    found = [pid]
    for number in found:
        found.extend(_children(number))
    return found


def _children(pid: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for t in threads for child in (t / "children").read_text().split()]
    except OSError:
        return []


def _own(pid: int) -> float:
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _ended_children(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[13]) + int(fields[14])) / _TICKS
