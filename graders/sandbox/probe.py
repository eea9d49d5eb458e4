"""Live self-test: what a process behind the wall can see and do, told over an inherited socket."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graders.sandbox import system


def report(fds: list[int], arguments: dict[str, Any]) -> None:
    """Send what this process sees as JSON over the first descriptor, with ``reach`` also how far it gets."""
    with socket.socket(fileno=fds[0]) as sock:
        seen = look_around(arguments["course"])
        if arguments.get("reach"):
            seen |= reach_limits()
        sock.sendall(json.dumps(seen).encode())


def nothing(fds: list[int], arguments: dict[str, Any]) -> None:
    """End at once: all that is asked is whether a process can get here."""


def hog(fds: list[int], arguments: dict[str, Any]) -> None:
    """Take more and more memory until something ends this process, or so many MB are taken."""
    kept = []
    for _ in range(arguments["mb"]):
        kept.append(bytearray(os.urandom(2**10) * 2**10))


def reach_limits() -> dict[str, int]:
    """Return how many processes, open files, MB and files this process gets before it is refused more."""
    kept: list[Any] = []
    open_files = _until_refused(lambda n: kept.append(open(os.devnull)), 2000)
    for file in kept:
        file.close()
    return {
        "open_files": open_files,
        "processes_made": _fork_until_refused(2000),
        "disk_mb": _fill("disk_mb"),
        "files": _until_refused(_make_file, 20_000),
        "memory_limit_mb": _first_number(_MEMORY_FILES) // 2**20,
        "processes_limit": _first_number(_PIDS_FILES),
    }


# Where a container shows the limits of its control group; -1 where none shows.
_MEMORY_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_PIDS_FILES = ("/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max")


def _first_number(paths: tuple[str, ...]) -> int:
    texts = [_text(path).strip() for path in paths]
    return next((int(text) for text in texts if text.isdigit()), -1)


def _until_refused(step: Callable[[int], object], most: int) -> int:
    """Return how often something could be done until an OSError."""
    for number in range(most):
        try:
            step(number)
        except OSError:
            return number
    return most


def _fork_until_refused(most: int) -> int:
    """Return how many children can live at one time; they end when this function does."""
    out, into = os.pipe()
    children: list[int] = []

    def make(_: int) -> None:
        pid = os.fork()
        if pid == 0:
            os.close(into)
            os.read(out, 1)  # ends when the parent closes its end
            os._exit(0)
        children.append(pid)

    made = _until_refused(make, most)
    os.close(into)
    os.close(out)
    for pid in children:
        os.waitpid(pid, 0)
    return made


def _make_file(number: int) -> None:
    with open(f"probe-{number}", "w"):
        pass


def _fill(name: str) -> int:
    """Return how many MB a file in the working folder gets."""
    block = os.urandom(2**20)
    with open(name, "wb", 0) as file:
        size = _until_refused(lambda n: file.write(block), 4096)
    os.remove(name)
    return size


def look_around(course: str) -> dict[str, Any]:
    """Return facts about the calling process and its surroundings."""
    status = dict(line.split(":\t", 1) for line in _text("/proc/self/status").splitlines() if ":\t" in line)
    return {
        "uid": os.getuid(),
        "pid": os.getpid(),
        "cwd": os.getcwd(),
        "processes": sorted(int(p) for p in _list("/proc") if p.isdigit()),
        "descriptors": len([fd for fd in range(1024) if _is_open(fd)]),
        "capabilities": status.get("CapEff", "") + status.get("CapBnd", ""),
        "no_new_privileges": status.get("NoNewPrivs", ""),
        "seccomp": status.get("Seccomp", ""),
        "interfaces": [name for _, name in socket.if_nameindex()],
        "denied": [name for name, call in _CALLS.items() if _works(call)],
        "writable": [path for path in _PROTECTED if _can_write(path)],
        "course_visible": os.path.exists(os.path.join(course, "source")),
    }


_PROTECTED = ("/", "/usr", "/etc", "/dev", "/proc/sys/kernel/hostname", sys.prefix)
_CALLS: dict[str, Callable[[], object]] = {
    "unshare": lambda: system.unshare(system.CLONE_NEWUSER),
    "mount": lambda: system.mount("none", "/tmp", "tmpfs", 0),  # noqa: S108 (must fail)
    "setuid": lambda: os.setuid(0),
    "chroot": lambda: os.chroot("/"),
}


def _works(call: Callable[[], object]) -> bool:
    try:
        call()
    except OSError:
        return False
    return True


def _can_write(path: str) -> bool:
    """Try to write, rather than ask: what counts is what the kernel does."""
    target = os.path.join(path, "probe") if os.path.isdir(path) else path
    try:
        with open(target, "w"):
            return True
    except OSError:
        return False


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _list(path: str) -> list[str]:
    try:
        return sorted(os.listdir(path))
    except OSError:
        return []
