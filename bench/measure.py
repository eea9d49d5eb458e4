"""Run a command and say what it cost: wall time, and CPU time of everything it started."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and CPU time; ``counted_by`` says how the CPU time was counted."""

    wall: float
    cpu: float
    counted_by: str


def run(command: list[str], folder: Path) -> Cost:
    """Run a command in a folder; raises CalledProcessError if it ends with 2 or more."""
    group = _group()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, preexec_fn=lambda: _join(group))
    wall = time.monotonic() - began
    if done.returncode > 1:
        print(done.stdout[-2000:], done.stderr[-2000:])
        done.check_returncode()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if group is None:
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Cost(wall, used, "waited children")
    used = int((group / "cpuacct.usage").read_text()) / 1e9
    group.rmdir()
    return Cost(wall, used, "control group")


def _group() -> Path | None:
    """Make a control group that counts CPU time; those that walled kernels make are below it and count."""
    place = Path("/sys/fs/cgroup/cpuacct")
    if not place.is_dir() or not os.access(place, os.W_OK):
        return None
    made = place / f"bench-{os.getpid()}-{time.monotonic_ns()}"
    made.mkdir()
    return made


def _join(group: Path | None) -> None:
    if group is not None:
        (group / "cgroup.procs").write_text(str(os.getpid()))
