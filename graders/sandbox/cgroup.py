"""Control groups for one sandbox, where this process may make them: kernel-kept limits and exact usage.

A group counts what a sum over processes cannot: tmpfs, shared memory, pipes and sockets. Version 1
needs root, version 2 a delegated subtree; where neither is to be had the monitor's watchdog remains.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from graders.sandbox.limits import WallLimits

_MB = 2**20
_PREFIX = "graders-"
_V1 = ("memory", "pids", "cpuacct")
_OF_SANDBOX = re.compile(r"/graders-\d|[0-9a-f]{64}")  # a group of ours, or one named after a container's id


@dataclass
class Group:
    """The control groups of one sandbox, held by open folders because the root will change."""

    name: str
    parents: list[int] = field(default_factory=list)
    folders: list[int] = field(default_factory=list)

    def join(self) -> None:
        """Move the calling process, and all it will start, into the group."""
        for folder in self.folders:
            _write(folder, "cgroup.procs", "0")

    def out_of_memory(self) -> bool:
        """Whether the kernel ended a process of the group for want of memory."""
        text = self._read("memory.events") or self._read("memory.oom_control")
        return any(line.startswith("oom_kill ") and line.split()[1] != "0" for line in text.splitlines())

    def refused_processes(self) -> bool:
        """Whether the group ever wanted more processes than it may have."""
        return self._read("pids.events").split()[1:2] not in ([], ["0"])

    def peak_memory_mb(self) -> float:
        """Return the most memory the group used at one time, in MB."""
        text = self._read("memory.peak") or self._read("memory.max_usage_in_bytes")
        return int(text) / _MB if text.strip().isdigit() else 0.0

    def cpu_seconds(self) -> float:
        """Return the CPU time of all processes of the group, ended ones too."""
        text = self._read("cpuacct.usage")
        if text.strip().isdigit():
            return int(text) / 1e9
        lines = (line.split() for line in self._read("cpu.stat").splitlines())
        return next((int(value) / 1e6 for key, value in lines if key == "usage_usec"), 0.0)

    def memory_mb(self) -> float:
        """Return how much memory the group uses now, in MB."""
        text = self._read("memory.current") or self._read("memory.usage_in_bytes")
        return int(text) / _MB if text.strip().isdigit() else 0.0

    def close(self) -> None:
        """Close the folders; the group stays, since it is not ours."""
        while self.folders:
            os.close(self.folders.pop())

    def remove(self) -> None:
        """Remove the group once its last process is gone."""
        for parent, folder in zip(self.parents, self.folders, strict=True):
            os.close(folder)
            for _ in range(100):
                try:
                    os.rmdir(self.name, dir_fd=parent)
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)  # its processes are still being taken down
            os.close(parent)

    def _read(self, file: str) -> str:
        for folder in self.folders:
            with contextlib.suppress(OSError):
                descriptor = os.open(file, os.O_RDONLY, dir_fd=folder)
                with os.fdopen(descriptor) as opened:
                    return opened.read()
        return ""


def usage_of(pid: int) -> Callable[[], float] | None:
    """Return what reads the CPU seconds of the sandbox a process is in; None if it is in no group of ours."""
    folders = _folders_of(pid)
    files = [folder / file for folder in folders for file in ("cpuacct.usage", "cpu.stat")]
    found = next((file for file in files if file.exists()), None)
    return None if found is None else lambda: _usage(found)


def group_of(pid: int) -> Group:
    """Return the control groups of a process in a container, to read; none of those that are ours too."""
    group = Group(str(pid))
    for folder in _folders_of(pid):
        group.folders.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
    return group


def _folders_of(pid: int) -> list[Path]:
    """Return the folders of a process's control groups, where it has groups of its own."""
    try:
        theirs = _paths(Path(f"/proc/{pid}/cgroup").read_text())
        ours = _paths(Path("/proc/self/cgroup").read_text())
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return []
    found = []
    for _, place, kind, options, *_ in mounts:
        names = ["", *options.split(",")] if kind == "cgroup" else [""] if kind == "cgroup2" else []
        for name in (n for n in names if n in theirs and n in (("",) if kind == "cgroup2" else _V1)):
            if theirs[name] != ours.get(name) and _OF_SANDBOX.search(theirs[name]):
                found.append(_own_folder(Path(place), theirs[name]))
    return [folder for folder in dict.fromkeys(found) if folder.is_dir()]


def _own_folder(place: Path, path: str) -> Path:
    """Return a group's folder; what we mounted may begin at our own group, above which it then stands."""
    below = place / path.lstrip("/")
    return below if below.is_dir() else place / path.rsplit("/", 1)[-1]


def _paths(text: str) -> dict[str, str]:
    """Return the group of each controller, of version 2 under the empty name."""
    lines = [line.split(":", 2) for line in text.splitlines()]
    return {name: path for _, names, path in lines for name in names.split(",")}


def _usage(file: Path) -> float:
    try:
        text = file.read_text().split()
    except OSError:
        return 0.0  # gone with its last process
    return int(text[0]) / 1e9 if file.name == "cpuacct.usage" else int(text[text.index("usage_usec") + 1]) / 1e6


def make(limits: WallLimits) -> Group | None:
    """Make a group with these limits below our own; None where this process may not."""
    group = Group(f"{_PREFIX}{os.getpid()}")
    try:
        for parent in _homes():
            _add(group, parent, limits)
    except OSError:
        group.remove()
        return None
    return group if group.folders else None


def _add(group: Group, parent: Path, limits: WallLimits) -> None:
    with contextlib.suppress(OSError):  # version 2: ask for the controllers; may be set already, or refused
        (parent / "cgroup.subtree_control").write_text("+memory +pids")
    made = parent / group.name
    made.mkdir()
    group.parents.append(os.open(parent, os.O_RDONLY | os.O_DIRECTORY))
    group.folders.append(os.open(made, os.O_RDONLY | os.O_DIRECTORY))
    memory = (limits.memory_mb + limits.disk_mb) * _MB  # files in the tmpfs are memory too
    settings = {
        "memory.max": memory,
        "memory.swap.max": 0,
        "memory.oom.group": 0,
        "memory.limit_in_bytes": memory,
        "memory.memsw.limit_in_bytes": memory,
        "pids.max": limits.processes + 2,  # init, and one to spare
    }
    present = [name for name in settings if (made / name).exists()]
    if not present and not (made / "cpuacct.usage").exists():
        raise OSError("no controller is delegated here")
    for name in present:
        (made / name).write_text(str(settings[name]))


def _homes() -> Iterator[Path]:
    """Yield the folders of our own control groups that can have limits."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    own = {name: path for _, name, path in (line.split(":", 2) for line in _own_groups())}
    for _, place, kind, options, *_ in mounts:
        if kind == "cgroup":
            controllers = [c for c in _V1 if c in options.split(",")]
            if controllers:
                names = next((n for n in own if controllers[0] in n.split(",")), "")
                yield _existing(Path(place), own.get(names, "/"))
        elif kind == "cgroup2" and "memory" in _controllers(Path(place)):
            yield _existing(Path(place), own.get("", "/"))


def _own_groups() -> list[str]:
    return Path("/proc/self/cgroup").read_text().splitlines()


def _controllers(place: Path) -> str:
    try:
        return (place / "cgroup.controllers").read_text()
    except OSError:
        return ""


def _existing(place: Path, path: str) -> Path:
    """Return our group's folder; inside a container its path may start above the mount."""
    below = place / path.lstrip("/")
    return below if below.is_dir() else place


def _write(folder: int, file: str, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY, dir_fd=folder)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)


def sweep() -> None:
    """Remove empty groups that a killed monitor left behind."""
    with contextlib.suppress(OSError):
        for home in _homes():
            for left in home.glob(f"{_PREFIX}*"):
                if not Path("/proc", left.name.removeprefix(_PREFIX)).exists():
                    with contextlib.suppress(OSError):
                        left.rmdir()
