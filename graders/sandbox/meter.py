"""CPU time of a process tree, read from outside it: nothing the tree does can change the numbers."""

from __future__ import annotations

import os
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return CPU seconds of a process, its living descendants and the children it has waited for.

    The living are read to the nanosecond from their CPU clocks (clock_getcpuclockid(3)); the ended
    ones to a clock tick from stat. A process that is gone counts zero.
    """
    return sum(_own(p) + _ended_children(p) for p in _tree(pid)) if pid > 0 else 0.0


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
