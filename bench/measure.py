"""Run a command and say what it cost: wall time, CPU time of everything it started, memory of its kernels."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import psutil

_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and CPU time; ``counted_by`` says how the CPU time was counted."""

    wall: float
    cpu: float
    counted_by: str


def run(command: list[str], folder: Path, **environment: str) -> Cost:
    """Run a command in a folder; raises CalledProcessError if it ends with 2 or more."""
    group = _group()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    _finish(_start(command, folder, environment, group), command)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if group is None:
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Cost(wall, used, "waited children")
    used = _used(group)
    _remove(group)
    return Cost(wall, used, "control group")


def private_mb(command: list[str], folder: Path, **environment: str) -> list[float]:
    """Run a command; return the most private memory (MB) each student kernel it started had, ascending.

    Read from outside, from /proc, by looking often: of a walled kernel all processes behind its wall count,
    of one of nbgrader's the process itself. Private is what no other process shares (smaps_rollup).
    """
    process = _start(command, folder, environment, None)
    peaks: defaultdict[str, float] = defaultdict(float)
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peaks, done))
    watcher.start()
    _finish(process, command)
    done.set()
    watcher.join()
    return sorted(peaks.values())


def _start(
    command: list[str], folder: Path, environment: dict[str, str], group: Path | None
) -> subprocess.Popen:
    """Start a command, in a control group if there is one."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: group and (group / "cgroup.procs").write_text(str(os.getpid())),
    )


def _finish(process: subprocess.Popen, command: list[str]) -> None:
    said, _ = process.communicate()
    if process.returncode > 1 or process.returncode < 0:
        print(said.decode(errors="replace")[-3000:])
        raise subprocess.CalledProcessError(process.returncode, command)


def _watch(pid: int, peaks: dict[str, float], done: threading.Event) -> None:
    """Keep the most private memory of each kernel below a process."""
    while not done.wait(_LOOK_SECONDS):
        now: defaultdict[str, float] = defaultdict(float)
        for process in _below(pid):
            kernel = _kernel_of(process.pid)
            if kernel:
                now[kernel] += _private_mb(process.pid)
        for kernel, size in now.items():
            peaks[kernel] = max(peaks[kernel], size)


def _below(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _kernel_of(pid: int) -> str:
    """Return what tells apart kernels: the PID namespace of a walled one; empty if it is none."""
    try:
        space = os.readlink(f"/proc/{pid}/ns/pid")
        if space != os.readlink("/proc/self/ns/pid"):
            return space
        return str(pid) if b"ipykernel_launcher" in Path(f"/proc/{pid}/cmdline").read_bytes() else ""
    except OSError:
        return ""


def _private_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def _group() -> Path | None:
    """Make a control group that counts CPU time; those that walled kernels make are below it and count."""
    place = Path("/sys/fs/cgroup/cpuacct")
    place = place if place.is_dir() else Path("/sys/fs/cgroup")
    made = place / f"bench-{os.getpid()}-{time.monotonic_ns()}"
    try:
        made.mkdir()
        _used(made)
    except (OSError, ValueError):
        return None
    return made


def _used(group: Path) -> float:
    if (group / "cpuacct.usage").exists():
        return int((group / "cpuacct.usage").read_text()) / 1e9
    return int((group / "cpu.stat").read_text().split()[1]) / 1e6


def _remove(group: Path) -> None:
    for _ in range(100):
        try:
            return group.rmdir()
        except OSError:
            time.sleep(0.05)  # groups below it are still being taken down
